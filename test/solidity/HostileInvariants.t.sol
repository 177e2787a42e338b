// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Phase, Rules, Tally} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {TurncoatCoin} from "../support/HostileCoins.sol";
import {HostileContestHandler} from "./HostileInvariantsHandler.sol";

/// @notice What the law still promises when the coin turns: it can hurt its own holders, and no tally, nobody whom it
/// lets alone, and not the result.
contract HostileContestInvariants is ContestFixture {
    HostileContestHandler internal handler;
    IContest internal contest;
    TurncoatCoin internal turncoat;
    uint256 private constant CALL_GAS = 5_000_000;

    function setUp() public override {
        super.setUp();
        turncoat = new TurncoatCoin();
        coin = turncoat;
        vm.warp(ENTRIES_OPEN);
        Rules memory rules = openRules();
        rules.arbitrator = address(new HostileArbitrator());
        rules.countFrom = VOTES_OPEN + 20_000;
        rules.votesClose = rules.countFrom + 100_000;
        contest = createContest(rules);
        turncoat.setVictim(address(contest));
        for (uint256 i = 0; i < 3; ++i) submitTo(contest, address(0xA0));
        vm.warp(VOTES_OPEN);
        handler = new HostileContestHandler(contest, turncoat, VOTES_OPEN);
        assertTrue(turncoat.act(abi.encodeCall(IContest.drop, (1, 5 ether))), "the coin's own stake");
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Histories with a coin that calls back cost: two laws share each.
    function invariant_hostileCoin_changesNoTallyAndLeavesWhatItDidNotTake() external view {
        _assertTalliesAreTheVoters();
        _assertTheRestIsThere();
    }

    function invariant_hostileCoin_keepsNobodyElseAndStopsNoResult() external {
        uint256 state = vm.snapshotState();
        _assertResultComes();
        vm.revertToState(state);
        state = vm.snapshotState();
        _assertOthersLeave();
        vm.revertToState(state);
    }

    /// @dev Nothing but what a voter did or signed changes a stake, and nothing but stakes a tally.
    function _assertTalliesAreTheVoters() private view {
        for (uint256 id = 1; id <= 3; ++id) {
            for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
                assertEq(stakeIn(contest, handler.actorAt(actor), id), handler.stakes(actor, id), "stake");
            }
            Tally memory tally = contest.tallyOf(id);
            assertEq(tally.weight, handler.weightOn(id), "weight");
            uint256 projected = handler.acc(id) + tally.weight * handler.windowAfter(handler.time());
            assertEq(contest.scoreOf(id), projected, "score");
        }
    }

    /// @dev Whoever is not stopped by the coin itself leaves at once, with all that it lets through; the others keep
    /// their stakes and leave when it lets them. Only coins that it took before are missing, for whoever leaves last.
    function _assertOthersLeave() private {
        bool[4] memory left;
        for (uint256 actor = 0; actor < 4; ++actor) {
            uint256 staked = _staked(actor);
            if (staked == 0) continue;
            bool mayLeave = handler.lets(actor, staked);
            uint256 toll = turncoat.way() == TurncoatCoin.Way.TakesAPart ? staked / 100 : 0;
            uint256 got;
            (left[actor], got) = _leave(actor);
            assertTrue(left[actor] || !mayLeave, "leaves");
            assertEq(got, left[actor] ? staked - toll : 0, "with all that comes through");
        }
        turncoat.turn(TurncoatCoin.Way.Plain, address(0));
        for (uint256 actor = 0; actor < 4; ++actor) {
            uint256 staked = _staked(actor);
            if (left[actor] || staked == 0 || turncoat.balanceOf(address(contest)) < staked) continue;
            (bool success, uint256 got) = _leave(actor);
            assertTrue(success && got == staked, "the stake waited");
        }
    }

    function _assertResultComes() private {
        uint256 due = uint256(contest.rules().votesClose) + contest.rules().rulingTimeout;
        if (handler.time() < due) vm.warp(due);
        for (uint256 id = 1; id <= 3; ++id) if (contest.challengeOf(id).open) contest.lapse{gas: 1_000_000}(id);
        contest.count{gas: 1_000_000}(3);
        contest.finalize{gas: 1_000_000}();
        assertTrue(contest.phase() == Phase.Final, "final");
    }

    /// @dev Property 5, less what the coin itself made away with.
    function _assertTheRestIsThere() private view {
        uint256 owed = handler.pot() + _creditsAndBonds();
        for (uint256 id = 1; id <= 3; ++id) owed += contest.tallyOf(id).weight;
        assertTrue(turncoat.balanceOf(address(contest)) + turncoat.taken() >= owed, "the rest is there");
    }

    function _creditsAndBonds() private view returns (uint256 sum) {
        sum = contest.creditOf(address(0xA0)) + contest.creditOf(0x000000000000000000000000000000000000dEaD);
        for (uint256 actor = 0; actor < 4; ++actor) sum += contest.creditOf(handler.actorAt(actor));
        for (uint256 id = 1; id <= 3; ++id) {
            if (contest.entry(id).bondHeld) sum += BOND;
            if (contest.challengeOf(id).open) sum += 5 ether;
        }
    }

    function _staked(uint256 actor) private view returns (uint256 sum) {
        for (uint256 id = 1; id <= 3; ++id) sum += stakeIn(contest, handler.actorAt(actor), id);
    }

    function _leave(uint256 actor) private returns (bool success, uint256 got) {
        address wallet = handler.actorAt(actor);
        uint256 before = turncoat.balanceOf(wallet);
        vm.prank(wallet);
        (success, ) = address(contest).call{gas: CALL_GAS}(abi.encodeCall(IContest.withdrawMany, (list(1, 2, 3))));
        got = turncoat.balanceOf(wallet) - before;
    }
}
