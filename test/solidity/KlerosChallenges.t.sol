// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {IKlerosArbitrator} from "../../contracts/interfaces/IKlerosArbitrator.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {TestKlerosCore, TestTemplateRegistry} from "../support/TestKleros.sol";

/// @notice A contest under Kleros whose core keeps a list of arbitrables, on which the adapter does not stand.
contract KlerosChallengesTest is ContestFixture {
    string private constant WHY = "https://example.org/why";

    TestKlerosCore private core;
    IKlerosArbitrator private adapter;
    /// @dev With one entry, at the moment voting opens.
    IContest private contest;
    /// @dev Court 7, three jurors, dispute kit 1: 0.006 ether.
    bytes private extraData = abi.encode(uint256(7), uint256(3), uint256(1));

    function setUp() public override {
        super.setUp();
        core = new TestKlerosCore();
        core.changeArbitrableWhitelistEnabled(true);
        bytes memory arguments = abi.encode(core, new TestTemplateRegistry(), "Is this entry eligible?", "[]");
        adapter = IKlerosArbitrator(deploy("KlerosArbitrator.sol:KlerosArbitrator", arguments));
        Rules memory rules = openRules();
        rules.arbitrator = address(adapter);
        rules.arbitratorExtraDataHash = keccak256(extraData);
        vm.warp(ENTRIES_OPEN);
        contest = createContest(rules);
        submitTo(contest, AUTHOR);
        allow(ALICE, address(contest));
        vm.deal(ALICE, 1 ether);
        vm.warp(VOTES_OPEN);
    }

    function test_challenge_keepsNothingIfKlerosDoesNotListTheAdapter() external {
        // It is the adapter that asks, so listing the contest is of no use.
        core.changeArbitrableWhitelist(address(contest), true);
        vm.expectRevert(TestKlerosCore.ArbitrableNotWhitelisted.selector);
        _challenge();

        assertEq(coin.balanceOf(ALICE), 1_000 ether, "no bond");
        assertEq(ALICE.balance, 1 ether, "no fee");
        assertEq(coin.balanceOf(address(contest)), 10 ether, "the entry's bond alone");
        assertEq(address(contest).balance + address(adapter).balance + address(core).balance, 0, "no ether anywhere");
        assertTrue(contest.entry(1).status == EntryStatus.Live, "status");
        assertEq(contest.challengeOf(1).challenger, address(0), "no challenge");
        assertEq(address(adapter.disputeOf(0).arbitrable), address(0), "no dispute");

        // And nothing waits for it at the close.
        vm.warp(VOTES_CLOSE);
        assertTrue(contest.phase() == Phase.Counting, "phase");
    }

    function test_challenge_worksOnceKlerosListsTheAdapter() external {
        vm.expectRevert(TestKlerosCore.ArbitrableNotWhitelisted.selector);
        _challenge();
        core.changeArbitrableWhitelist(address(adapter), true);
        assertEq(_challenge(), 1, "the one that failed took no number");
        assertEq(coin.balanceOf(ALICE), 995 ether, "bond");
        assertEq(ALICE.balance, 0.994 ether, "fee");
        assertEq(address(core).balance, 0.006 ether, "at Kleros");
        assertTrue(contest.entry(1).status == EntryStatus.Challenged, "status");

        // Struck off the list, it brings no new disputes; what is open is ruled on all the same.
        core.changeArbitrableWhitelist(address(adapter), false);
        core.decide(0, 2);
        core.executeRuling(0);
        assertTrue(contest.entry(1).status == EntryStatus.Removed, "removed");
        assertEq(contest.creditOf(ALICE), 10 ether, "her bond and half of the entry's");
    }

    function _challenge() private returns (uint256) {
        vm.prank(ALICE);
        return contest.challenge{value: 0.006 ether}(1, WHY, extraData);
    }
}
