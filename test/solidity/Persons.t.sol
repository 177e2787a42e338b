// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {TestPersonhood} from "../support/TestPersonhood.sol";

contract PersonsTest is ContestFixture {
    function test_bind_keepsWalletOfNullifier() external {
        bytes memory proof = proofFor(personal, CAROL, "carol");
        vm.expectEmit(address(personal));
        emit IContest.PersonBound(CAROL, "carol");
        vm.prank(CAROL);
        personal.bind(proof);
        assertEq(personal.walletOf("carol"), CAROL, "wallet");
        (bool bound, uint256 counted, uint256 liveEntry) = personal.personOf(CAROL);
        assertTrue(bound, "bound");
        assertEq(counted, 0, "counted");
        assertEq(liveEntry, 0, "live entry");
    }

    function test_threat28_bind_failsIfNullifierUsed() external {
        bytes memory proof = proofFor(personal, CAROL, keccak256(abi.encode("person", ALICE)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IContest.Persons_NullifierUsed.selector,
                keccak256(abi.encode("person", ALICE)),
                ALICE
            )
        );
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_threat28_bind_failsIfWalletBound() external {
        bytes memory proof = proofFor(personal, ALICE, "second person");
        vm.expectRevert(abi.encodeWithSelector(IContest.Persons_WalletBound.selector, ALICE));
        vm.prank(ALICE);
        personal.bind(proof);
    }

    function test_threat28_bind_failsIfProofCopied() external {
        bytes memory proof = proofFor(personal, CAROL, "carol");
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(address(0xBAD));
        personal.bind(proof);
    }

    function test_threat28_bind_failsIfProofForAnotherContestOrChain() external {
        bytes memory proof = proofFor(open, CAROL, "carol");
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(CAROL);
        personal.bind(proof);

        proof = proofFor(personal, CAROL, "carol");
        vm.chainId(1);
        vm.expectRevert(TestPersonhood.TestPersonhood_NotProven.selector);
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_bind_failsIfNullifierZero() external {
        bytes memory proof = proofFor(personal, CAROL, 0);
        vm.expectRevert(IContest.Persons_NoNullifier.selector);
        vm.prank(CAROL);
        personal.bind(proof);
    }

    function test_bind_failsIfContestOpen() external {
        vm.expectRevert(IContest.Persons_OpenContest.selector);
        open.bind("");
    }

    /* REWEIGH */

    /// @dev Support that lay there since the window opened counts only from the second it is weighed in.
    function test_reweigh_countsFromThatSecond() external {
        vm.warp(COUNT_FROM);
        dropAs(CAROL, personal, 1, 4 ether);
        assertEq(personal.scoreOf(1), 0, "support has no score");
        bindTo(personal, CAROL);
        vm.warp(COUNT_FROM + 100_000);
        vm.prank(CAROL);
        personal.reweigh(list(1));
        assertEq(personal.scoreOf(1), 2_000_000_000 * 159_200, "weight for what is left of the window");
        vm.warp(VOTES_CLOSE - 1);
        dropAs(BOB, personal, 2, 4 ether);
        assertEq(personal.scoreOf(2), 2_000_000_000, "one second");
    }

    /// @dev The law allows an entry to be voted on only while it is live; weighing in is a vote.
    function test_reweigh_failsIfEntryRetracted() external {
        IContest contest = createContest(_laterRules());
        vm.warp(ENTRIES_OPEN + 200_000);
        bindTo(contest, ALICE);
        coin.mint(ALICE, BOND);
        allow(ALICE, address(contest));
        uint256 entryId = submitTo(contest, ALICE);
        vm.prank(ALICE);
        contest.retract(entryId);
        vm.warp(VOTES_OPEN + 200_000);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, entryId, EntryStatus.Retracted));
        vm.prank(ALICE);
        contest.reweigh(list(entryId));
    }

    function test_reweigh_movesNoCoinAndNoOtherStake() external {
        dropAs(BOB, personal, 1, 9 ether);
        dropAs(CAROL, personal, 1, 4 ether);
        bindTo(personal, CAROL);
        uint256 held = coin.balanceOf(address(personal));
        vm.prank(CAROL);
        personal.reweigh(list(1));
        assertEq(coin.balanceOf(address(personal)), held, "coins");
        assertEq(weightIn(personal, BOB, 1), 3_000_000_000, "another's weight");
        assertEq(stakeIn(personal, CAROL, 1), 4 ether, "the stake itself");
        assertEq(personal.tallyOf(1).weight, 5_000_000_000, "both");
    }

    /// @dev What was counted once is free again after a withdrawal: no reweigh, no path, counts it twice.
    function test_reweigh_countsAgainAfterWithdrawing() external {
        dropAs(CAROL, personal, 1, 10 ether);
        bindTo(personal, CAROL);
        vm.startPrank(CAROL);
        personal.reweigh(list(1));
        personal.withdraw(1, 10 ether);
        personal.drop(1, 4 ether);
        personal.reweigh(list(1));
        (, uint256 counted, ) = personal.personOf(CAROL);
        assertEq(counted, 4 ether, "counted");
        assertEq(personal.tallyOf(1).weight, 2_000_000_000, "weight");
    }

    function _laterRules() private view returns (Rules memory rules) {
        rules = personRules();
        rules.entriesOpen += 200_000;
        rules.votesOpen += 200_000;
        rules.countFrom += 200_000;
        rules.votesClose += 200_000;
    }
}
