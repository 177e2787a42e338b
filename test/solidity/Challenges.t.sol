// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {ChallengeView, EntryStatus, IContest, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {IEvidence} from "../../contracts/interfaces/IEvidence.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {Vm} from "../support/Vm.sol";

/// @notice What a challenge takes, tells and keeps. What goes wrong with arbitrators is in `Challenges.threats.t.sol`.
contract ChallengesTest is ContestFixture {
    string private constant WHY = "ipfs://why";
    bytes private constant EXTRA = "extra";

    HostileArbitrator private arbitrator;
    IContest private contest;

    function setUp() public override {
        super.setUp();
        arbitrator = new HostileArbitrator();
        contest = _contest(address(arbitrator), 5 ether);
    }

    function test_challenge_tellsEverybody() external {
        arbitrator.setCost(0.3 ether);
        vm.deal(ALICE, 1 ether);
        vm.expectEmit(true, false, false, false, address(contest));
        emit IEvidence.MetaEvidence(0, "");
        vm.expectEmit(address(contest));
        emit IEvidence.Dispute(arbitrator, 0, 0, 1);
        vm.expectEmit(address(contest));
        emit IEvidence.Evidence(arbitrator, 1, ALICE, WHY);
        vm.expectEmit(address(contest));
        emit IContest.EntryChallenged(1, 1, ALICE, 0, WHY);
        vm.prank(ALICE);
        assertEq(contest.challenge{value: 1 ether}(1, WHY, EXTRA), 1, "id");

        assertEq(ALICE.balance, 0.7 ether, "what was over came back");
        assertEq(address(arbitrator).balance, 0.3 ether, "the fee");
        assertEq(coin.balanceOf(ALICE), 995 ether, "the bond");
        ChallengeView memory seen = contest.challengeOf(1);
        assertEq(seen.challengeId, 1, "id");
        assertEq(seen.challenger, ALICE, "challenger");
        assertEq(seen.openedAt, VOTES_OPEN, "opened at");
        assertTrue(seen.open, "open");
        assertTrue(contest.entry(1).status == EntryStatus.Challenged, "status");
        assertEq(contest.liveCount(), 2, "counts as live");
    }

    function test_challenge_asksItsQuestionOnce() external {
        vm.recordLogs();
        _challenge(ALICE, 1);
        _challenge(BOB, 2);
        assertEq(_countLogs(IEvidence.MetaEvidence.selector), 1, "questions");
        assertEq(contest.challengeOf(2).challengeId, 2, "ids count up");
        assertEq(contest.challengeOf(2).disputeId, 1, "the arbitrator's id");
    }

    function test_challenge_failsWithoutAnArbitrator() external {
        IContest free = _contest(address(0), 5 ether);
        vm.expectRevert(IContest.Challenges_NoArbitrator.selector);
        vm.prank(ALICE);
        free.challenge(1, WHY, EXTRA);
    }

    function test_challenge_failsIfExtraDataIsNotTheRules() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IContest.Challenges_WrongExtraData.selector,
                keccak256("extra"),
                keccak256("another court")
            )
        );
        contest.challenge(1, WHY, "another court");
    }

    function test_challenge_failsIfFeeIsShort() external {
        arbitrator.setCost(2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_FeeTooLow.selector, 2, 1));
        contest.challenge{value: 1}(1, WHY, EXTRA);
    }

    function test_challenge_failsIfNotLive() external {
        uint256[4] memory ids = [uint256(0), 3, 65_536, type(uint256).max];
        for (uint256 i = 0; i < ids.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, ids[i], EntryStatus.None));
            contest.challenge(ids[i], WHY, EXTRA);
        }
    }

    function test_challenge_endsWithTheVoting() external {
        vm.warp(VOTES_CLOSE - 1);
        _challenge(ALICE, 1);
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        vm.prank(BOB);
        contest.challenge(2, WHY, EXTRA);
    }

    function test_challenge_failsIfReasonsAreNowhereOrTooLong() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_BadURI.selector, 0, 512));
        contest.challenge(1, "", EXTRA);
        string memory long = string(new bytes(513));
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_BadURI.selector, 513, 512));
        contest.challenge(1, long, EXTRA);
    }

    function test_create_wantsABondWhereThereIsAnArbitrator() external {
        Rules memory rules = openRules();
        rules.challengeBond = 0;
        vm.warp(ENTRIES_OPEN);
        vm.expectRevert(abi.encodeWithSelector(IContest.Rules_OutOfBounds.selector, "challengeBond", 0));
        factory.create(rules, "free");
        rules.arbitrator = address(0);
        assertTrue(factory.isContest(factory.create(rules, "none")), "without one it is idle");
    }

    function test_rule_toldAsItTookEffect() external {
        _challenge(ALICE, 1);
        vm.expectEmit(address(contest));
        emit IArbitrable.Ruling(arbitrator, 0, 0);
        arbitrator.ruleOn(contest, 0, 7);
        assertEq(contest.creditOf(ALICE), 5 ether, "a refusal");
    }

    function test_submitEvidence_isForAnybodyWhileOpen() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NoneOpen.selector, 1, EntryStatus.Live));
        contest.submitEvidence(1, WHY);
        _challenge(ALICE, 1);
        vm.expectEmit(address(contest));
        emit IEvidence.Evidence(arbitrator, 1, CAROL, "ipfs://more");
        vm.prank(CAROL);
        contest.submitEvidence(1, "ipfs://more");
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_BadURI.selector, 0, 512));
        contest.submitEvidence(1, "");
        arbitrator.ruleOn(contest, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NoneOpen.selector, 1, EntryStatus.Live));
        contest.submitEvidence(1, WHY);
    }

    function test_rule_tellsWhatBecameOfIt() external {
        _challenge(ALICE, 1);
        vm.expectEmit(address(contest));
        emit IArbitrable.Ruling(arbitrator, 0, 2);
        vm.expectEmit(address(contest));
        emit IContest.EntryRuled(1, 1, 2, false);
        vm.expectEmit(address(contest));
        emit IContest.Credited(ALICE, address(coin), 5 ether);
        vm.expectEmit(address(contest));
        emit IContest.Credited(ALICE, address(coin), 5 ether);
        arbitrator.ruleOn(contest, 0, 2);
        assertEq(coin.balanceOf(0x000000000000000000000000000000000000dEaD), 5 ether, "half of the entry bond");
        ChallengeView memory seen = contest.challengeOf(1);
        assertTrue(!seen.open && seen.challengeId == 1, "closed, and remembered");
        assertTrue(!contest.entry(1).bondHeld, "no bond");
        assertEq(contest.liveCount(), 1, "live");
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 1, EntryStatus.Removed));
        dropAs(BOB, contest, 1, 1 ether);
    }

    function test_rule_roundsInFavourOfTheFire() external {
        Rules memory rules = openRules();
        rules.arbitrator = address(arbitrator);
        rules.entryBond = 1;
        vm.warp(ENTRIES_OPEN);
        IContest tiny = createContest(rules);
        coin.mint(AUTHOR, 1);
        allow(AUTHOR, address(tiny));
        vm.prank(AUTHOR);
        tiny.submit(entryInput(), DECLARATION);
        allow(ALICE, address(tiny));
        vm.prank(ALICE);
        tiny.challenge(1, WHY, EXTRA);
        arbitrator.ruleOn(tiny, 0, 2);
        assertEq(tiny.creditOf(ALICE), 5 ether, "the challenge bond alone");
        assertEq(coin.balanceOf(0x000000000000000000000000000000000000dEaD), 1, "one wei burned");
    }

    function test_lapse_atTheEdge() external {
        _challenge(ALICE, 1);
        vm.warp(VOTES_OPEN + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NotYet.selector, VOTES_OPEN + 7 days));
        contest.lapse(1);
        vm.warp(VOTES_OPEN + 7 days);
        vm.expectEmit(address(contest));
        emit IContest.EntryRuled(1, 1, 0, true);
        contest.lapse(1);
        assertEq(contest.creditOf(ALICE), 5 ether, "bond back");
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NoneOpen.selector, 1, EntryStatus.Live));
        contest.lapse(1);
    }

    function test_challengeOf_isZeroIfNone() external view {
        assertEq(contest.challengeOf(1).challengeId, 0, "none yet");
        assertEq(contest.challengeOf(65_536).challengeId, 0, "beyond all ids");
    }

    function test_challenge_canComeAgainAfterARuling() external {
        _challenge(ALICE, 1);
        arbitrator.ruleOn(contest, 0, 1);
        assertEq(contest.creditOf(AUTHOR), 5 ether, "to the author");
        _challenge(BOB, 1);
        arbitrator.ruleOn(contest, 1, 2);
        assertTrue(contest.entry(1).status == EntryStatus.Removed, "removed");
        assertEq(contest.creditOf(BOB), 10 ether, "bond and half of the entry's");
    }

    /* HANDS */

    function _challenge(address from, uint256 entryId) private {
        vm.prank(from);
        contest.challenge(entryId, WHY, EXTRA);
    }

    /// @dev Open, with two entries, at the moment voting opens.
    function _contest(address arbitrator_, uint96 bond) private returns (IContest made) {
        Rules memory rules = openRules();
        rules.arbitrator = arbitrator_;
        rules.challengeBond = bond;
        vm.warp(ENTRIES_OPEN);
        made = createContest(rules);
        submitTo(made, AUTHOR);
        submitTo(made, AUTHOR);
        allow(ALICE, address(made));
        allow(BOB, address(made));
        vm.warp(VOTES_OPEN);
    }

    function _countLogs(bytes32 topic) private returns (uint256 found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) if (logs[i].topics[0] == topic) ++found;
    }
}
