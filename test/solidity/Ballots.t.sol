// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Phase, Rules, Tally} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";

/// @notice Stakes, and what they weigh, one action at a time.
contract BallotsTest is ContestFixture {
    /* DROP */

    function test_drop_takesCoinsAndTellsAll() external {
        dropAs(ALICE, open, 1, 2 ether);
        vm.warp(VOTES_OPEN + 7);
        vm.expectEmit(address(open));
        emit IContest.StakeChanged(BOB, 1, 3 ether, 3 ether, 5 ether, VOTES_OPEN + 7);
        dropAs(BOB, open, 1, 3 ether);
        assertEq(coin.balanceOf(BOB), 997 ether, "balance");
        assertEq(stakeIn(open, BOB, 1), 3 ether, "stake");
        assertEq(weightIn(open, BOB, 1), 3 ether, "weight");
        assertEq(open.tallyOf(1).weight, 5 ether, "entry weight");
    }

    function test_threat02_drop_countsEveryWei() external {
        dropAs(ALICE, open, 1, 1);
        dropAs(ALICE, open, 1, 1_999_999_999_999_999_999);
        assertEq(open.tallyOf(1).weight, 2 ether, "weight");
    }

    function test_drop_failsIfZero() external {
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        dropAs(ALICE, open, 1, 0);
    }

    function test_threat01_drop_failsIfEntryUnknown() external {
        _notLive(0, EntryStatus.None);
        _notLive(4, EntryStatus.None);
        _notLive(65_536, EntryStatus.None);
        _notLive(type(uint256).max, EntryStatus.None);
    }

    function test_threat01_drop_failsIfEntryRetracted() external {
        vm.warp(VOTES_OPEN - 1);
        vm.prank(AUTHOR);
        open.retract(2);
        vm.warp(VOTES_OPEN);
        _notLive(2, EntryStatus.Retracted);
    }

    function test_threat05_drop_failsIfNotVoting() external {
        vm.warp(VOTES_OPEN - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Entry));
        dropAs(ALICE, open, 1, 1);
        vm.warp(VOTES_CLOSE - 1);
        dropAs(ALICE, open, 1, 1);
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        dropAs(ALICE, open, 1, 1);
    }

    function test_drop_failsIfBeyondBalance() external {
        vm.expectRevert();
        dropAs(ALICE, open, 1, 1_000 ether + 1);
        assertEq(open.tallyOf(1).weight, 0, "nothing happened");
    }

    /// @dev The supply is checked when the contest is made; more may be minted later.
    function test_threat31_drop_failsIfWeightExceeds96Bits() external {
        coin.mint(ALICE, 2 ** 96);
        dropAs(ALICE, open, 1, type(uint96).max - 5);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_TooMuch.selector, 6));
        dropAs(ALICE, open, 1, 6);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_TooMuch.selector, 2 ** 96));
        dropAs(BOB, open, 1, 6);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_TooMuch.selector, type(uint256).max));
        dropAs(BOB, open, 1, type(uint256).max);
        dropAs(BOB, open, 1, 5);
        assertEq(open.tallyOf(1).weight, type(uint96).max, "weight");
    }

    function test_drop_keepsScoreInRangeAtTheLimit() external {
        Rules memory rules = openRules();
        rules.votesOpen = uint40(VOTES_OPEN + 100);
        rules.countFrom = rules.votesOpen;
        rules.votesClose = rules.countFrom + 2 ** 24 - 1;
        vm.warp(VOTES_OPEN);
        IContest contest = createContest(rules);
        submitTo(contest, AUTHOR);
        coin.mint(ALICE, type(uint96).max);
        allow(ALICE, address(contest));
        vm.warp(rules.votesOpen);
        dropAs(ALICE, contest, 1, type(uint96).max);
        vm.warp(rules.votesClose + 1);
        withdrawAs(ALICE, contest, 1, type(uint96).max);
        assertEq(contest.scoreOf(1), uint256(type(uint96).max) * (2 ** 24 - 1), "score");
    }

    /* DROP WITH PERMIT */

    function test_dropWithPermit_needsNoAllowance() external {
        (address dora, uint8 v, bytes32 r, bytes32 s) = _permit(5 ether, VOTES_CLOSE);
        vm.prank(dora);
        open.dropWithPermit(1, 5 ether, VOTES_CLOSE, v, r, s);
        assertEq(stakeIn(open, dora, 1), 5 ether, "stake");
    }

    function test_threat21_dropWithPermit_worksIfPermitWasUsedByAnother() external {
        (address dora, uint8 v, bytes32 r, bytes32 s) = _permit(5 ether, VOTES_CLOSE);
        vm.prank(BOB);
        coin.permit(dora, address(open), 5 ether, VOTES_CLOSE, v, r, s);
        vm.prank(dora);
        open.dropWithPermit(1, 5 ether, VOTES_CLOSE, v, r, s);
        assertEq(stakeIn(open, dora, 1), 5 ether, "stake");
    }

    function test_dropWithPermit_failsIfPermitBadAndNoAllowance() external {
        (address dora, uint8 v, bytes32 r, bytes32 s) = _permit(5 ether, VOTES_CLOSE);
        vm.expectRevert();
        vm.prank(dora);
        open.dropWithPermit(1, 6 ether, VOTES_CLOSE, v, r, s);
    }

    function test_dropWithPermit_failsIfCarriedByAnother() external {
        (, uint8 v, bytes32 r, bytes32 s) = _permit(5 ether, VOTES_CLOSE);
        address stranger = address(0xBAD);
        vm.expectRevert();
        vm.prank(stranger);
        open.dropWithPermit(1, 5 ether, VOTES_CLOSE, v, r, s);
    }

    /* DROP MANY */

    function test_threat04_dropMany_takesCoinsOnce() external {
        vm.prank(ALICE);
        open.dropMany(list(1, 2, 1), list(1 ether, 2 ether, 4 ether));
        assertEq(stakeIn(open, ALICE, 1), 5 ether, "first");
        assertEq(stakeIn(open, ALICE, 2), 2 ether, "second");
        assertEq(coin.balanceOf(ALICE), 993 ether, "balance");
    }

    function test_dropMany_failsIfListsDiffer() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_BadLists.selector, 2, 1));
        open.dropMany(list(1, 2), list(1));
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_BadLists.selector, 0, 0));
        open.dropMany(new uint256[](0), new uint256[](0));
    }

    function test_dropMany_failsWhollyIfOneFails() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 9, EntryStatus.None));
        vm.prank(ALICE);
        open.dropMany(list(1, 9), list(1 ether, 1 ether));
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        vm.prank(ALICE);
        open.dropMany(list(1, 2), list(1 ether, 0));
        assertEq(stakeIn(open, ALICE, 1), 0, "nothing happened");
    }

    function test_dropMany_failsIfSumWouldWrap() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_TooMuch.selector, type(uint256).max));
        vm.prank(ALICE);
        open.dropMany(list(1, 2), list(1, type(uint256).max));
    }

    /* WITHDRAW */

    function test_withdraw_returnsCoins() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectEmit(address(open));
        emit IContest.StakeChanged(ALICE, 1, 3 ether, 3 ether, 3 ether, VOTES_OPEN);
        withdrawAs(ALICE, open, 1, 2 ether);
        withdrawAs(ALICE, open, 1, 3 ether);
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "balance");
        assertEq(open.tallyOf(1).weight, 0, "entry weight");
    }

    function test_threat03_withdraw_failsIfMoreThanStaked() external {
        dropAs(ALICE, open, 1, 5 ether);
        dropAs(BOB, open, 1, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 5 ether, 5 ether + 1));
        withdrawAs(ALICE, open, 1, 5 ether + 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 1));
        withdrawAs(ALICE, open, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 1));
        withdrawAs(ALICE, open, 99_999, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 1));
        withdrawAs(CAROL, open, 1, 1);
    }

    function test_withdraw_failsIfZero() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        withdrawAs(ALICE, open, 1, 0);
    }

    function test_withdraw_worksInEveryLaterPhaseAndKeepsTheScore() external {
        dropAs(ALICE, open, 1, 6 ether);
        dropAs(BOB, open, 2, 4 ether);
        vm.warp(VOTES_CLOSE);
        withdrawAs(ALICE, open, 1, 1 ether);
        open.count(2);
        withdrawAs(ALICE, open, 1, 1 ether);
        open.count(2);
        open.finalize();
        withdrawAs(ALICE, open, 1, 1 ether);
        vm.warp(VOTES_CLOSE + 3650 days);
        withdrawAs(ALICE, open, 1, 3 ether);
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "all back");
        assertEq(open.scoreOf(1), 6 ether * WINDOW, "score");
        (uint16[10] memory ranks, , ) = open.standings();
        assertEq(ranks[0], 1, "winner");
    }

    function test_withdrawMany_returnsAll() external {
        vm.prank(ALICE);
        open.dropMany(list(1, 3), list(5 ether, 7 ether));
        vm.prank(ALICE);
        open.withdrawMany(list(1, 2, 3));
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "balance");
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        vm.prank(ALICE);
        open.withdrawMany(list(1, 2, 3));
    }

    function test_threat04_withdrawMany_paysARepeatedEntryOnce() external {
        dropAs(ALICE, open, 1, 5 ether);
        dropAs(BOB, open, 1, 5 ether);
        vm.prank(ALICE);
        open.withdrawMany(list(1, 1, 1));
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "balance");
        assertEq(stakeIn(open, BOB, 1), 5 ether, "others untouched");
    }

    /* MOVE */

    function test_move_shiftsStake() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectEmit(address(open));
        emit IContest.StakeChanged(ALICE, 1, 3 ether, 3 ether, 3 ether, VOTES_OPEN);
        vm.expectEmit(address(open));
        emit IContest.StakeChanged(ALICE, 2, 2 ether, 2 ether, 2 ether, VOTES_OPEN);
        moveAs(ALICE, open, 1, 2, 2 ether);
        assertEq(coin.balanceOf(ALICE), 995 ether, "no coin moved");
    }

    function test_move_failsIfSameEntry() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_SameEntry.selector, 1));
        moveAs(ALICE, open, 1, 1, 1 ether);
    }

    function test_move_failsIfMoreThanStakedOrZero() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 5 ether, 6 ether));
        moveAs(ALICE, open, 1, 2, 6 ether);
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        moveAs(ALICE, open, 1, 2, 0);
    }

    function test_move_failsIfTargetNotLive() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 7, EntryStatus.None));
        moveAs(ALICE, open, 1, 7, 1 ether);
        assertEq(stakeIn(open, ALICE, 1), 5 ether, "nothing happened");
    }

    function test_move_failsIfNotVoting() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        moveAs(ALICE, open, 1, 2, 1 ether);
    }

    /* WEIGHT OF PERSONS */

    function test_drop_weighsSquareRootForPersons() external {
        dropAs(ALICE, personal, 1, 4 ether);
        assertEq(weightIn(personal, ALICE, 1), 2_000_000_000, "one drop");
        dropAs(ALICE, personal, 1, 5 ether);
        assertEq(weightIn(personal, ALICE, 1), 3_000_000_000, "the whole stake, not the drops");
        assertEq(personal.tallyOf(1).weight, 3_000_000_000, "entry weight");
        (, uint256 counted, ) = personal.personOf(ALICE);
        assertEq(counted, 9 ether, "counted");
    }

    function test_drop_isSupportForOthers() external {
        dropAs(CAROL, personal, 1, 900 ether);
        assertEq(stakeIn(personal, CAROL, 1), 900 ether, "stake");
        assertEq(weightIn(personal, CAROL, 1), 0, "weight");
        assertEq(personal.tallyOf(1).weight, 0, "entry weight");
        withdrawAs(CAROL, personal, 1, 900 ether);
        assertEq(coin.balanceOf(CAROL), 1_000 ether, "refundable");
    }

    function test_bind_turnsNoSupportIntoWeight() external {
        dropAs(CAROL, personal, 1, 4 ether);
        bindTo(personal, CAROL);
        assertEq(weightIn(personal, CAROL, 1), 0, "bind alone");
        withdrawAs(CAROL, personal, 1, 1 ether);
        assertEq(weightIn(personal, CAROL, 1), 0, "withdraw");
        (, uint256 counted, ) = personal.personOf(CAROL);
        assertEq(counted, 0, "counted");
        dropAs(CAROL, personal, 1, 1 ether);
        assertEq(weightIn(personal, CAROL, 1), 2_000_000_000, "drop counts the whole stake");
    }

    function test_reweigh_countsSupport() external {
        vm.prank(CAROL);
        personal.dropMany(list(1, 2), list(4 ether, 9 ether));
        bindTo(personal, CAROL);
        vm.expectEmit(address(personal));
        emit IContest.StakeChanged(CAROL, 2, 9 ether, 3_000_000_000, 3_000_000_000, VOTES_OPEN);
        vm.prank(CAROL);
        personal.reweigh(list(2));
        vm.prank(CAROL);
        personal.reweigh(list(1, 2, 1));
        (, uint256 counted, ) = personal.personOf(CAROL);
        assertEq(counted, 13 ether, "each counted once");
        assertEq(personal.tallyOf(1).weight, 2_000_000_000, "first");
        assertEq(personal.tallyOf(2).weight, 3_000_000_000, "second");
    }

    function test_reweigh_failsIfOverACap() external {
        vm.prank(CAROL);
        personal.dropMany(list(1, 2, 3), list(10 ether + 1, 10 ether, 10 ether));
        bindTo(personal, CAROL);
        vm.startPrank(CAROL);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 10 ether, 10 ether + 1));
        personal.reweigh(list(1));
        personal.withdraw(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 25 ether, 30 ether));
        personal.reweigh(list(1, 2, 3));
        personal.reweigh(list(1, 2));
    }

    function test_reweigh_failsIfNothingToCount() external {
        vm.expectRevert(IContest.Persons_OpenContest.selector);
        open.reweigh(list(1));
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_BadLists.selector, 0, 0));
        personal.reweigh(new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_NotBound.selector, CAROL));
        vm.prank(CAROL);
        personal.reweigh(list(1));
        vm.startPrank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 1));
        personal.reweigh(list(1));
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 8, EntryStatus.None));
        personal.reweigh(list(8));
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        personal.reweigh(list(1));
    }

    /* CAPS */

    function test_threat29_drop_failsIfOverEntryCap() external {
        dropAs(ALICE, personal, 1, 6 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 10 ether, 10 ether + 1));
        dropAs(ALICE, personal, 1, 4 ether + 1);
        dropAs(ALICE, personal, 1, 4 ether);
    }

    function test_threat29_drop_failsIfOverPersonCap() external {
        vm.prank(ALICE);
        personal.dropMany(list(1, 2), list(10 ether, 10 ether));
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 25 ether, 25 ether + 1));
        dropAs(ALICE, personal, 3, 5 ether + 1);
        dropAs(ALICE, personal, 3, 5 ether);
    }

    function test_threat29_dropMany_failsIfOverACap() external {
        vm.startPrank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 10 ether, 12 ether));
        personal.dropMany(list(1, 1), list(6 ether, 6 ether));
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 25 ether, 27 ether));
        personal.dropMany(list(1, 2, 3), list(9 ether, 9 ether, 9 ether));
    }

    function test_threat29_move_failsIfOverEntryCap() external {
        vm.prank(ALICE);
        personal.dropMany(list(1, 2), list(6 ether, 6 ether));
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 10 ether, 11 ether));
        moveAs(ALICE, personal, 1, 2, 5 ether);
    }

    function test_move_freesCapBeforeUsingIt() external {
        vm.prank(ALICE);
        personal.dropMany(list(1, 2, 3), list(10 ether, 9 ether, 6 ether));
        moveAs(ALICE, personal, 1, 2, 1 ether);
        (, uint256 counted, ) = personal.personOf(ALICE);
        assertEq(counted, 25 ether, "counted");
        assertEq(weightIn(personal, ALICE, 1), 3_000_000_000, "source");
    }

    function test_threat29_withdraw_freesCapByWhatWasCounted() external {
        vm.prank(ALICE);
        personal.dropMany(list(1, 2), list(10 ether, 10 ether));
        withdrawAs(ALICE, personal, 1, 4 ether);
        (, uint256 counted, ) = personal.personOf(ALICE);
        assertEq(counted, 16 ether, "counted");
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_OverCap.selector, 25 ether, 25 ether + 1));
        dropAs(ALICE, personal, 3, 9 ether + 1);
        dropAs(ALICE, personal, 3, 9 ether);
    }

    function test_move_ofSupportCountsAtTheTargetOnly() external {
        dropAs(CAROL, personal, 1, 20 ether);
        bindTo(personal, CAROL);
        moveAs(CAROL, personal, 1, 2, 4 ether);
        assertEq(weightIn(personal, CAROL, 1), 0, "source stays support");
        assertEq(weightIn(personal, CAROL, 2), 2_000_000_000, "target counts");
        (, uint256 counted, ) = personal.personOf(CAROL);
        assertEq(counted, 4 ether, "counted");
    }

    /* VIEWS */

    function test_scores_pagesThroughEntries() external {
        dropAs(ALICE, open, 2, 5 ether);
        (Tally[] memory tallies, uint256[] memory projected) = open.scores(2, 10);
        assertEq(tallies.length, 2, "entries 2 and 3");
        assertEq(tallies[0].weight, 5 ether, "weight");
        assertEq(projected[0], 5 ether * WINDOW, "projected");
        assertEq(projected[1], 0, "nothing there");
        (tallies, ) = open.scores(1, 2);
        assertEq(tallies.length, 2, "a page of two");
        (tallies, ) = open.scores(3, 5);
        assertEq(tallies.length, 1, "the last");
        (tallies, ) = open.scores(4, 1);
        assertEq(tallies.length, 0, "past the end");
        (tallies, ) = open.scores(0, 5);
        assertEq(tallies.length, 0, "no entry 0");
        (tallies, ) = open.scores(type(uint256).max, type(uint256).max);
        assertEq(tallies.length, 0, "far past the end");
    }

    function test_views_areZeroForUnknownEntries() external view {
        assertEq(open.scoreOf(65_536), 0, "score");
        assertEq(open.tallyOf(65_536).weight, 0, "tally");
        assertEq(stakeIn(open, ALICE, 65_536), 0, "stake");
    }

    function _notLive(uint256 entryId, EntryStatus status) private {
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, entryId, status));
        dropAs(ALICE, open, entryId, 1 ether);
    }

    function _permit(uint256 amount, uint256 deadline) private returns (address owner, uint8 v, bytes32 r, bytes32 s) {
        uint256 key = uint256(keccak256("dora"));
        owner = vm.addr(key);
        coin.mint(owner, 100 ether);
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 message = keccak256(abi.encode(typeHash, owner, address(open), amount, coin.nonces(owner), deadline));
        (v, r, s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", coin.DOMAIN_SEPARATOR(), message)));
    }
}
