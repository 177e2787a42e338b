// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "../../contracts/interfaces/IArbitrable.sol";
import {ChallengeView, EntryInput, EntryStatus, IContest, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {IPanelArbitrator} from "../../contracts/interfaces/IPanelArbitrator.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {HostileArbitrator, UnpayableArbitrator} from "../support/HostileArbitrator.sol";
import {BlockingCoin} from "../support/HostileCoins.sol";
import {TestCoin} from "../support/TestCoin.sol";
import {Unpayable} from "../support/TestArbitrables.sol";

/// @notice A challenger that takes no coins of the chain back: it has nothing that could.
contract StiffChallenger is Unpayable {
    function challenge(IContest contest, uint256 entryId, uint256 value) external {
        TestCoin(contest.rules().coin).approve(address(contest), type(uint256).max);
        contest.challenge{value: value}(entryId, "https://example.org/why", "");
    }
}

/// @notice What goes wrong with arbitrators and with challenges, from end to end: with the real panel, and with an
/// arbitrator that does as it pleases.
contract ChallengesThreatsTest is ContestFixture {
    uint256 private constant FEE = 0.01 ether;
    uint96 private constant CHALLENGE_BOND = 5 ether;
    uint256 private constant TIMEOUT = 604_800;
    address private constant ANN = address(0xA100);
    address private constant BEN = address(0xB200);
    address private constant CLO = address(0xC300);
    address private constant CHALLENGER = address(0xCC);
    address private constant STRANGER = address(0x57);
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;
    string private constant WHY = "https://example.org/why";

    IPanelArbitrator private panel;
    HostileArbitrator private hostile;
    /// @dev Under the panel, with entries 1 to 3 of the authors 0xA1 to 0xA3, at the moment voting opens.
    IContest private court;
    /// @dev The same under the hostile arbitrator.
    IContest private wild;
    mapping(IContest => uint256) private _feeIn;

    function setUp() public override {
        super.setUp();
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (ANN, BEN, CLO);
        panel = IPanelArbitrator(deploy("PanelArbitrator.sol:PanelArbitrator", abi.encode(members, 2, FEE)));
        hostile = new HostileArbitrator();
        court = _contest(address(panel), address(0));
        wild = _contest(address(hostile), address(0));
        vm.deal(CHALLENGER, 100 ether);
        coin.mint(CHALLENGER, 1_000 ether);
    }

    /* THE PANEL, AS MEANT */

    function test_threat26_panelRemovesAnEntryAndFreesItsStakes() external {
        dropAs(ALICE, court, 1, 100 ether);
        dropAs(BOB, court, 2, 40 ether);
        uint256 burnedBefore = coin.balanceOf(DEAD);
        _challenge(court, 1);
        assertEq(coin.balanceOf(CHALLENGER), 995 ether, "bond taken");
        assertEq(CHALLENGER.balance, 100 ether - FEE, "fee taken");
        assertEq(address(panel).balance, FEE, "by the panel");
        // It takes part as before until it is ruled on.
        dropAs(ALICE, court, 1, 1 ether);
        moveAs(ALICE, court, 1, 2, 1 ether);
        assertEq(court.tallyOf(1).weight, 100 ether, "weight");

        _vote(ANN, 0, 2, "owned by a giant: https://example.org/register");
        assertTrue(court.tallyOf(1).status == EntryStatus.Challenged, "one vote removes nothing");
        vm.expectEmit(address(court));
        emit IContest.EntryRuled(1, 1, 2, false);
        _vote(BEN, 0, 2, "as Ann says");

        assertTrue(court.tallyOf(1).status == EntryStatus.Removed, "removed");
        assertEq(court.creditOf(CHALLENGER), 10 ether, "its bond and half of the entry's");
        assertEq(court.creditOf(address(0xA1)), 0, "the author's is gone");
        assertEq(coin.balanceOf(DEAD) - burnedBefore, 5 ether, "the other half burned");
        assertEq(panel.creditOf(ANN) + panel.creditOf(BEN), FEE, "the panel's fee");
        // Its voters leave with everything, or move on.
        moveAs(ALICE, court, 1, 3, 30 ether);
        withdrawAs(ALICE, court, 1, 70 ether);
        assertEq(stakeIn(court, ALICE, 1), 0, "nothing is left behind");
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 1, EntryStatus.Removed));
        dropAs(ALICE, court, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 1, EntryStatus.Removed));
        _challenge(court, 1);

        uint16[10] memory ranks = _finish(court);
        assertEq(ranks[0], 2, "first");
        assertEq(ranks[1], 3, "second");
        assertEq(ranks[2], 0, "no third");
        _collect(court, CHALLENGER, 10 ether);
    }

    /// @dev Its tally at the close was the highest; removed, it holds no rank although nobody took a coin out.
    function test_threat26_removalAfterTheCloseRanksAnew() external {
        dropAs(ALICE, court, 1, 100 ether);
        dropAs(BOB, court, 2, 40 ether);
        vm.warp(VOTES_CLOSE - 1);
        _challenge(court, 1);
        vm.warp(VOTES_CLOSE + 1 days);
        _decide(0, 2);
        uint16[10] memory ranks = _count(court);
        assertEq(ranks[0], 2, "first");
        assertEq(ranks[1], 0, "no second");
        withdrawAs(ALICE, court, 1, 100 ether);
    }

    function test_threat26_panelFindsAnEntryEligible() external {
        _challenge(court, 2);
        _decide(0, 1);
        assertTrue(court.tallyOf(2).status == EntryStatus.Live, "live");
        assertEq(court.creditOf(address(0xA2)), 5 ether, "the challenger's bond goes to the author");
        assertEq(court.creditOf(CHALLENGER), 0, "and not back");
        assertTrue(court.entry(2).bondHeld, "the entry's bond stays");
        dropAs(ALICE, court, 2, 1 ether);
        // It can be asked again, by whoever stakes a bond again.
        _challenge(court, 2);
        assertEq(court.challengeOf(2).challengeId, 2, "a challenge of its own");
        assertEq(court.challengeOf(2).disputeId, 1, "a dispute of its own");
    }

    function test_threat26_panelThatCannotAgreeChangesNothing() external {
        _challenge(court, 3);
        _vote(ANN, 0, 1, "in");
        _vote(BEN, 0, 2, "out");
        _vote(CLO, 0, 0, "unclear");
        assertTrue(court.tallyOf(3).status == EntryStatus.Live, "live");
        assertEq(court.creditOf(CHALLENGER), 5 ether, "bond back");
        assertEq(court.creditOf(address(0xA3)), 0, "nothing for the author");
        assertTrue(!court.challengeOf(3).open, "closed");
    }

    function test_threat26_removedPersonMayEnterAgainWhileEntriesAreOpen() external {
        vm.warp(ENTRIES_OPEN);
        IContest people = _contest(address(panel), address(personhood));
        vm.warp(VOTES_OPEN - 1 days);
        _challenge(people, 1);
        EntryInput memory another = entryInput();
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_OnePerPerson.selector, 1));
        vm.prank(address(0xA1));
        people.submit(another, DECLARATION);
        _decide(0, 2);
        assertEq(people.liveCount(), 2, "live");
        assertEq(submitTo(people, address(0xA1)), 4, "another one");
        assertEq(people.liveCount(), 3, "live again");
    }

    /* AN ARBITRATOR THAT NEVER RULES */

    function test_threat26_arbitratorNeverRules_anyoneClosesAfterTheTimeout() external {
        dropAs(ALICE, wild, 1, 100 ether);
        _challenge(wild, 1);
        uint256 due = uint256(VOTES_OPEN) + 604_800;
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NotYet.selector, due));
        wild.lapse(1);
        vm.warp(due);
        vm.expectEmit(address(wild));
        emit IContest.EntryRuled(1, 1, 0, true);
        vm.prank(STRANGER);
        wild.lapse(1);
        assertTrue(wild.tallyOf(1).status == EntryStatus.Live, "live");
        assertEq(wild.creditOf(CHALLENGER), 5 ether, "bond back");
        assertTrue(wild.entry(1).bondHeld, "the entry's bond stays");
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_NoneOpen.selector, 1, EntryStatus.Live));
        wild.lapse(1);
    }

    /// @dev The result is due at `votesClose + rulingTimeout` at the latest, and not a second later.
    function test_threat26_arbitratorNeverRules_resultIsDueOnTime() external {
        dropAs(ALICE, wild, 1, 100 ether);
        vm.warp(VOTES_CLOSE - 1);
        for (uint256 id = 1; id <= 3; ++id) _challenge(wild, id);
        vm.warp(uint256(VOTES_CLOSE) + TIMEOUT - 1);
        for (uint256 id = 1; id <= 3; ++id) {
            vm.expectRevert(abi.encodeWithSelector(IContest.Standings_ChallengesOpen.selector, 4 - id));
            wild.count(3);
            vm.prank(STRANGER);
            wild.lapse(id);
        }
        wild.count(3);
        wild.finalize();
        (uint16[10] memory ranks, , bool isFinal) = wild.standings();
        assertTrue(isFinal && ranks[0] == 1, "final");
    }

    /* AN ARBITRATOR THAT RULES WRONGLY */

    function test_threat26_arbitratorRulesTwice_onlyTheFirstCounts() external {
        _challenge(wild, 1);
        hostile.ruleOn(wild, 0, 1);
        assertEq(wild.creditOf(address(0xA1)), 5 ether, "eligible");
        // A later call changes nothing and does not revert: courts finish their own books with it.
        bytes32 before = _stateOf(wild);
        for (uint256 ruling = 0; ruling <= 3; ++ruling) hostile.ruleOn(wild, 0, ruling);
        assertEq(_stateOf(wild), before, "nothing changed");
        // Nor does it when a new challenge is open on the same entry.
        _challenge(wild, 1);
        before = _stateOf(wild);
        hostile.ruleOn(wild, 0, 2);
        assertEq(_stateOf(wild), before, "the new one is not touched");
        assertTrue(wild.challengeOf(1).open, "and open");
    }

    function test_threat26_arbitratorRulesAfterTheTimeout_changesNothing() external {
        dropAs(ALICE, wild, 1, 100 ether);
        vm.warp(VOTES_CLOSE - 1);
        _challenge(wild, 1);
        vm.warp(uint256(VOTES_CLOSE) + TIMEOUT);
        wild.lapse(1);
        hostile.ruleOn(wild, 0, 2);
        assertTrue(wild.tallyOf(1).status == EntryStatus.Live, "live");
        wild.count(2);
        hostile.ruleOn(wild, 0, 2);
        wild.count(1);
        hostile.ruleOn(wild, 0, 2);
        wild.finalize();
        bytes32 before = _stateOf(wild);
        hostile.ruleOn(wild, 0, 2);
        assertEq(_stateOf(wild), before, "the result stands");
        (uint16[10] memory ranks, , ) = wild.standings();
        assertEq(ranks[0], 1, "first");
    }

    function test_threat26_arbitratorRulesOnAnothersDispute_isRefused() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_UnknownDispute.selector, 0));
        hostile.ruleOn(wild, 0, 2);
        // A second contest under the same arbitrator: its dispute means nothing in the first.
        IContest other = _contest(address(hostile), address(0));
        _challenge(wild, 1);
        _challenge(other, 2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_UnknownDispute.selector, 1));
        hostile.ruleOn(wild, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_UnknownDispute.selector, 0));
        hostile.ruleOn(other, 0, 2);
        // Another arbitrator, or anybody else, rules on nothing here.
        vm.expectRevert(
            abi.encodeWithSelector(IContest.Challenges_NotArbitrator.selector, address(hostile), address(panel))
        );
        vm.prank(address(panel));
        wild.rule(0, 2);
        vm.expectRevert(
            abi.encodeWithSelector(IContest.Challenges_NotArbitrator.selector, address(hostile), CHALLENGER)
        );
        vm.prank(CHALLENGER);
        wild.rule(0, 2);
        hostile.ruleOn(other, 1, 2);
        assertTrue(wild.tallyOf(1).status == EntryStatus.Challenged, "untouched");
        assertTrue(other.tallyOf(2).status == EntryStatus.Removed, "its own");
    }

    function test_threat26_arbitratorReturnsAnIdInUse_isRefused() external {
        // 0 is an id like any other.
        _challenge(wild, 1);
        assertEq(wild.challengeOf(1).disputeId, 0, "the first id");
        hostile.setRepeats(true);
        bytes32 before = _stateOf(wild);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_DisputeInUse.selector, 0, 1));
        _challenge(wild, 2);
        assertEq(_stateOf(wild), before, "nothing happened");
        // Nor after the first is closed: its ruling must not answer two questions.
        hostile.ruleOn(wild, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_DisputeInUse.selector, 0, 1));
        _challenge(wild, 2);
        hostile.setRepeats(false);
        _challenge(wild, 2);
        assertEq(wild.challengeOf(2).disputeId, 1, "an id of its own");
        assertEq(wild.challengeOf(2).challengeId, 2, "and no gap in ours");
    }

    function testFuzz_threat26_rulingBeyondTheChoices_isARefusal(uint256 ruling) external {
        ruling = bound(ruling, 3, type(uint256).max);
        _challenge(wild, 1);
        hostile.ruleOn(wild, 0, ruling);
        assertTrue(wild.tallyOf(1).status == EntryStatus.Live, "live");
        assertEq(wild.creditOf(CHALLENGER), 5 ether, "bond back");
        assertEq(wild.creditOf(address(0xA1)), 0, "no more");
    }

    /// @dev What an arbitrator in bad faith can do is all of what an arbitrator can do: remove what is challenged.
    function test_threat26_maliciousArbitrator_reachesNoStakeAndNoTally() external {
        dropAs(ALICE, wild, 1, 100 ether);
        dropAs(BOB, wild, 2, 40 ether);
        dropAs(BOB, wild, 3, 60 ether);
        vm.startPrank(CAROL);
        wild.fund(50 ether);
        vm.stopPrank();
        for (uint256 id = 1; id <= 3; ++id) {
            _challenge(wild, id);
            uint256 weight = wild.tallyOf(id).weight;
            hostile.ruleOn(wild, id - 1, 2);
            assertEq(wild.tallyOf(id).weight, weight, "the tally is untouched");
        }
        bytes[] memory calls = _everything(1);
        for (uint256 i = 0; i < calls.length; ++i) hostile.attempt(address(wild), calls[i]);
        assertEq(coin.balanceOf(address(hostile)), 0, "it has nothing of it");
        uint16[10] memory ranks = _finish(wild);
        assertEq(ranks[0], 0, "no rank is held");
        withdrawAs(ALICE, wild, 1, 100 ether);
        vm.prank(BOB);
        wild.withdrawMany(list(2, 3));
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "all of it");
        assertEq(coin.balanceOf(BOB), 1_000 ether, "all of it");
        uint256 before = coin.balanceOf(CAROL);
        vm.prank(CAROL);
        wild.reclaim();
        assertEq(coin.balanceOf(CAROL) - before, 50 ether, "the pot goes back");
    }

    /* AN ARBITRATOR THAT SPOILS THE OPENING */

    function test_threat26_arbitratorRevertsOrBurnsGas_challengesNothing() external {
        dropAs(ALICE, wild, 1, 100 ether);
        bytes32 before = _stateOf(wild);
        uint256 coins = coin.balanceOf(CHALLENGER);
        HostileArbitrator.Trick[3] memory tricks = [
            HostileArbitrator.Trick.Reverts,
            HostileArbitrator.Trick.BurnsAllGas,
            HostileArbitrator.Trick.WantsMore
        ];
        for (uint256 i = 0; i < tricks.length; ++i) {
            hostile.setTrick(tricks[i]);
            vm.prank(CHALLENGER);
            (bool ok, ) = address(wild).call{value: FEE, gas: 3_000_000}(
                abi.encodeCall(IContest.challenge, (1, WHY, ""))
            );
            assertTrue(!ok, "refused");
            assertEq(_stateOf(wild), before, "nothing happened");
        }
        assertEq(coin.balanceOf(CHALLENGER), coins, "no bond was taken");
        assertEq(CHALLENGER.balance, 100 ether, "no fee either");
        // And the contest goes on without it.
        uint16[10] memory ranks = _finish(wild);
        assertEq(ranks[0], 1, "first");
    }

    function test_threat26_arbitratorThatCannotBePaid_challengesNothing() external {
        IContest unpaid = _contest(address(new UnpayableArbitrator()), address(0));
        _feeIn[unpaid] = 1;
        dropAs(ALICE, unpaid, 1, 100 ether);
        vm.expectRevert();
        _challenge(unpaid, 1);
        assertTrue(unpaid.tallyOf(1).status == EntryStatus.Live, "live");
        uint16[10] memory ranks = _finish(unpaid);
        assertEq(ranks[0], 1, "first");
    }

    /// @dev The fee is read in the call that pays it: a challenger pays what was asked there, and at most what it sent.
    function test_threat26_arbitratorChangesItsFee_takesNoMoreThanWasSent() external {
        hostile.setCost(0.02 ether);
        vm.prank(CHALLENGER);
        vm.expectRevert(abi.encodeWithSelector(IContest.Challenges_FeeTooLow.selector, 0.02 ether, 0.01 ether));
        wild.challenge{value: 0.01 ether}(1, WHY, "");
        vm.prank(CHALLENGER);
        wild.challenge{value: 0.05 ether}(1, WHY, "");
        assertEq(CHALLENGER.balance, 99.98 ether, "the excess came back");
        assertEq(address(hostile).balance, 0.02 ether, "the fee went on");
        assertEq(address(wild).balance, 0, "nothing stays");
        // Raised while the challenge is open: no matter.
        hostile.setCost(50 ether);
        hostile.ruleOn(wild, 0, 1);
        assertTrue(wild.tallyOf(1).status == EntryStatus.Live, "closed");
    }

    function test_threat26_arbitratorCallsBackWhileADisputeOpens_gainsNothing() external {
        dropAs(ALICE, wild, 1, 100 ether);
        coin.mint(address(hostile), 100 ether);
        hostile.attempt(address(coin), abi.encodeCall(coin.approve, (address(wild), type(uint256).max)));
        bytes[] memory calls = _everything(1);
        hostile.setCalls(address(wild), calls);
        _challenge(wild, 1);
        for (uint256 i = 0; i < calls.length; ++i) assertTrue(!hostile.succeeded(i), "refused");
        ChallengeView memory seen = wild.challengeOf(1);
        assertTrue(seen.open && seen.challengeId == 1 && seen.challenger == CHALLENGER, "opened once");
        assertEq(coin.balanceOf(address(hostile)), 100 ether, "neither gained nor paid");

        // It challenges another entry in the middle, gives both disputes one id: the second to be told loses.
        calls = new bytes[](1);
        calls[0] = abi.encodeCall(IContest.challenge, (3, WHY, ""));
        hostile.setCalls(address(wild), calls);
        hostile.setRepeats(true);
        vm.expectRevert();
        _challenge(wild, 2);
        assertTrue(wild.tallyOf(3).status == EntryStatus.Live, "undone with it");
        _assertCovered(wild);
    }

    /// @dev An earlier challenge ruled on in the middle of the opening of another: both end as they would one by one.
    function test_threat26_arbitratorRulesWhileADisputeOpens_keepsTheBooks() external {
        _challenge(wild, 1);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IArbitrable.rule, (0, 2));
        hostile.setCalls(address(wild), calls);
        _challenge(wild, 2);
        assertTrue(hostile.succeeded(0), "its own dispute");
        assertTrue(wild.tallyOf(1).status == EntryStatus.Removed, "removed");
        assertTrue(wild.tallyOf(2).status == EntryStatus.Challenged, "challenged");
        _assertCovered(wild);
        hostile.ruleOn(wild, 1, 0);
        _finish(wild);
    }

    /* CHALLENGES THAT SHOULD DELAY */

    function test_threat27_noChallengeAfterTheClose() external {
        vm.warp(VOTES_CLOSE);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        _challenge(court, 1);
        court.count(3);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        _challenge(court, 1);
        court.finalize();
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Final));
        _challenge(court, 1);
    }

    /// @dev Whoever opens one after the other, as late as can be, wins no second beyond the timeout.
    function test_threat27_challengesInARowDelayNoMoreThanOne() external {
        for (uint256 round = 0; round < 5; ++round) {
            _challenge(court, 1);
            _decide(round, 1);
        }
        assertEq(court.creditOf(address(0xA1)), 25 ether, "each costs a bond");
        assertEq(panel.creditOf(ANN) + panel.creditOf(BEN), 5 * FEE, "and a fee");
        vm.warp(VOTES_CLOSE - 1);
        _challenge(court, 1);
        vm.warp(uint256(VOTES_CLOSE) - 1 + TIMEOUT);
        court.lapse(1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        _challenge(court, 1);
        _count(court);
        court.finalize();
        assertTrue(court.phase() == Phase.Final, "final");
    }

    function test_threat27_oneAtATimeForAnEntry() external {
        _challenge(court, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 1, EntryStatus.Challenged));
        _challenge(court, 1);
        _challenge(court, 2);
        assertEq(court.challengeOf(2).challengeId, 2, "another entry's");
    }

    /// @dev Challenging oneself does not keep the truth out, since anyone adds evidence; and it does not pay.
    function test_threat27_authorChallengesOwnEntry_gainsNothing() external {
        address author = address(0xA1);
        coin.mint(author, 5 ether);
        vm.deal(author, 1 ether);
        vm.prank(author);
        court.challenge{value: FEE}(1, "all is well", "");
        vm.prank(STRANGER);
        court.submitEvidence(1, "it is not: https://example.org/proof");
        _decide(0, 2);
        assertTrue(court.tallyOf(1).status == EntryStatus.Removed, "removed all the same");
        assertEq(court.creditOf(author), 10 ether, "of the 15 it staked");
        assertEq(author.balance, 1 ether - FEE, "and the fee");

        // Found eligible it gets its own bond back, lost the fee, and can be challenged by others again.
        author = address(0xA2);
        coin.mint(author, 5 ether);
        vm.deal(author, 1 ether);
        vm.prank(author);
        court.challenge{value: FEE}(2, "all is well", "");
        _decide(1, 1);
        assertEq(court.creditOf(author), 5 ether, "its own");
        _challenge(court, 2);
        _decide(2, 2);
        assertTrue(court.tallyOf(2).status == EntryStatus.Removed, "removed");
    }

    /// @dev A friendly challenge must not be a way out with the bond before the real one is ruled on.
    function test_threat27_challengedEntryCannotBeRetracted() external {
        vm.warp(ENTRIES_OPEN + 1);
        _challenge(court, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotLive.selector, 1, EntryStatus.Challenged));
        vm.prank(address(0xA1));
        court.retract(1);
        _decide(0, 1);
        vm.prank(address(0xA1));
        court.retract(1);
        assertTrue(court.tallyOf(1).status == EntryStatus.Retracted, "then it can");
    }

    function test_threat27_challengeMovesNoStake() external {
        dropAs(ALICE, court, 1, 100 ether);
        uint256 score = court.scoreOf(1);
        _challenge(court, 1);
        assertEq(court.scoreOf(1), score, "score");
        withdrawAs(ALICE, court, 1, 40 ether);
        moveAs(ALICE, court, 1, 2, 10 ether);
        dropAs(ALICE, court, 1, 5 ether);
        assertEq(court.tallyOf(1).weight, 55 ether, "weight");
        _decide(0, 1);
        assertEq(court.scoreOf(1), 55 ether * WINDOW, "counts as if nothing had been");
    }

    function test_threat27_cannotBePaid_challengerBlocksOnlyItself() external {
        StiffChallenger stiff = new StiffChallenger();
        coin.mint(address(stiff), 5 ether);
        vm.deal(address(stiff), 1 ether);
        // The excess cannot be returned: it is refused before anything happened.
        vm.expectRevert();
        stiff.challenge(court, 1, 2 * FEE);
        assertTrue(court.tallyOf(1).status == EntryStatus.Live, "live");
        stiff.challenge(court, 1, FEE);
        _decide(0, 2);
        assertTrue(court.tallyOf(1).status == EntryStatus.Removed, "closed");
        assertEq(court.creditOf(address(stiff)), 10 ether, "credited");
        _finish(court);
    }

    /// @dev A coin that refuses, or burns all gas for, each party in turn: closing credits and never pays.
    function test_threat27_coinBlocksAParty_challengesStillClose() external {
        address[4] memory parties = [CHALLENGER, address(0xA1), address(0xA2), DEAD];
        for (uint256 i = 0; i < 8; ++i) {
            BlockingCoin blocking = new BlockingCoin();
            coin = blocking;
            IContest contest = _contest(address(panel), address(0));
            uint256 first = panel.disputeCount();
            blocking.mint(CHALLENGER, 1_000 ether);
            for (uint256 id = 1; id <= 3; ++id) _challenge(contest, id);
            blocking.setBlocked(parties[i % 4], i >= 4);

            _decide(first, 2);
            assertTrue(panel.disputeOf(first).delivered, "delivered at once");
            assertTrue(contest.tallyOf(1).status == EntryStatus.Removed, "removed");
            assertEq(contest.creditOf(DEAD), parties[i % 4] == DEAD ? 5 ether : 0, "what could not be burned");
            _decide(first + 1, 1);
            assertTrue(contest.tallyOf(2).status == EntryStatus.Live, "eligible");
            vm.warp(VOTES_CLOSE + TIMEOUT);
            contest.lapse(3);
            _count(contest);
            contest.finalize();
            assertTrue(contest.phase() == Phase.Final, "final");
        }
    }

    /// @dev A ruling is given a million gas: what burning eats of it must leave enough for what must be kept.
    function test_threat35_rule_standsIfBurningEatsAllGas() external {
        BlockingCoin blocking = new BlockingCoin();
        coin = blocking;
        IContest contest = _contest(address(panel), address(0));
        blocking.mint(CHALLENGER, 1_000 ether);
        _challenge(contest, 1);
        blocking.setBlocked(DEAD, true);
        _decide(0, 2);
        assertTrue(panel.disputeOf(0).delivered, "delivered at once");
        assertTrue(contest.tallyOf(1).status == EntryStatus.Removed, "removed");
        assertEq(contest.creditOf(CHALLENGER), 10 ether, "credited");
        assertEq(contest.creditOf(DEAD), 5 ether, "owed to the fire");
    }

    /// @dev Nothing that anybody is owed has to be collected for the rest to go on.
    function test_threat27_nobodyCollects_resultComesAllTheSame() external {
        dropAs(ALICE, court, 3, 10 ether);
        for (uint256 id = 1; id <= 3; ++id) {
            _challenge(court, id);
            _decide(
                id - 1,
                id == 1
                    ? 2
                    : id == 2
                        ? 1
                        : 0
            );
        }
        uint16[10] memory ranks = _finish(court);
        assertEq(ranks[0], 3, "first");
        _assertCovered(court);
        _collect(court, CHALLENGER, 15 ether);
        _collect(court, address(0xA2), 5 ether);
    }

    /// @dev The first votes came in time, the deciding one too late: the members are paid, the entry stays.
    function test_threat27_panelTooLate_membersAreStillPaid() external {
        _challenge(court, 1);
        _vote(ANN, 0, 2, "out");
        vm.warp(VOTES_OPEN + TIMEOUT);
        court.lapse(1);
        _vote(BEN, 0, 2, "out");
        assertTrue(court.tallyOf(1).status == EntryStatus.Live, "live");
        assertTrue(panel.disputeOf(0).delivered, "taken without a word");
        vm.prank(ANN);
        panel.collect();
        assertEq(ANN.balance, 0.005 ether, "paid");
    }

    /* HELPERS */

    function _contest(address arbitrator, address adapter) private returns (IContest contest) {
        vm.warp(ENTRIES_OPEN);
        Rules memory rules = adapter == address(0) ? openRules() : personRules();
        rules.arbitrator = arbitrator;
        rules.arbitratorExtraDataHash = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;
        contest = createContest(rules);
        if (arbitrator == address(panel)) _feeIn[contest] = FEE;
        for (uint256 i = 0; i < 3; ++i) {
            address author = address(uint160(0xA1 + i));
            if (adapter != address(0)) bindTo(contest, author);
            submitTo(contest, author);
            allow(author, address(contest));
        }
        allow(ALICE, address(contest));
        allow(BOB, address(contest));
        allow(CAROL, address(contest));
        allow(CHALLENGER, address(contest));
        vm.warp(VOTES_OPEN);
    }

    function _challenge(IContest contest, uint256 entryId) private {
        vm.prank(CHALLENGER);
        contest.challenge{value: _feeIn[contest]}(entryId, WHY, "");
    }

    function _vote(address member, uint256 disputeId, uint256 ruling, string memory reason) private {
        vm.prank(member);
        panel.vote(disputeId, ruling, reason);
    }

    function _decide(uint256 disputeId, uint256 ruling) private {
        _vote(ANN, disputeId, ruling, "so");
        _vote(BEN, disputeId, ruling, "so");
    }

    /// @dev Everything that changes something, as an arbitrator could call it from inside; `entryId` is being challenged.
    function _everything(uint256 entryId) private view returns (bytes[] memory calls) {
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(IArbitrable.rule, (hostile.nextId(), 2));
        calls[1] = abi.encodeCall(IContest.lapse, (entryId));
        calls[2] = abi.encodeCall(IContest.challenge, (entryId, WHY, ""));
        calls[3] = abi.encodeCall(IContest.retract, (entryId));
        calls[4] = abi.encodeCall(IContest.withdraw, (entryId, 1));
        calls[5] = abi.encodeCall(IContest.withdrawMany, (list(1, 2, 3)));
        calls[6] = abi.encodeCall(IContest.move, (1, 2, 1));
        calls[7] = abi.encodeCall(IContest.reweigh, (list(1)));
        calls[8] = abi.encodeCall(IContest.count, (3));
        calls[9] = abi.encodeCall(IContest.finalize, ());
        calls[10] = abi.encodeCall(IContest.claim, (1));
        calls[11] = abi.encodeCall(IContest.reclaim, ());
        calls[12] = abi.encodeCall(IContest.collect, ());
        calls[13] = abi.encodeCall(IContest.releaseBond, (entryId));
    }

    function _count(IContest contest) private returns (uint16[10] memory ranks) {
        vm.prank(STRANGER);
        contest.count(3);
        (ranks, , ) = contest.standings();
    }

    function _finish(IContest contest) private returns (uint16[10] memory ranks) {
        vm.warp(VOTES_CLOSE);
        ranks = _count(contest);
        contest.finalize();
    }

    function _collect(IContest contest, address account, uint256 amount) private {
        uint256 before = coin.balanceOf(account);
        vm.prank(account);
        contest.collect();
        assertEq(coin.balanceOf(account) - before, amount, "collected");
    }

    /// @dev All that a ruling could change, of all entries and parties.
    function _stateOf(IContest contest) private view returns (bytes32 state) {
        (uint16[10] memory ranks, uint256 counted, bool isFinal) = contest.standings();
        state = keccak256(abi.encode(ranks, counted, isFinal, contest.liveCount(), coin.balanceOf(address(contest))));
        for (uint256 id = 1; id <= 3; ++id) {
            state = keccak256(
                abi.encode(
                    state,
                    contest.tallyOf(id),
                    contest.entry(id),
                    contest.challengeOf(id),
                    contest.creditOf(address(uint160(0xA0 + id)))
                )
            );
        }
        return keccak256(abi.encode(state, contest.creditOf(CHALLENGER), coin.balanceOf(DEAD)));
    }

    /// @dev Property 5 for what these tests do.
    function _assertCovered(IContest contest) private view {
        uint256 owed = contest.creditOf(CHALLENGER) + contest.creditOf(DEAD);
        for (uint256 id = 1; id <= 3; ++id) {
            owed += contest.creditOf(address(uint160(0xA0 + id)));
            owed += stakeIn(contest, ALICE, id) + stakeIn(contest, BOB, id) + stakeIn(contest, CAROL, id);
            if (contest.entry(id).bondHeld) owed += BOND;
            if (contest.challengeOf(id).open) owed += CHALLENGE_BOND;
        }
        assertEq(coin.balanceOf(address(contest)), owed, "all that is owed is there");
    }
}
