// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Rules, Tally} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {HostileArbitrator} from "../support/HostileArbitrator.sol";
import {ContestHandler, ShadowedContestHandler} from "./InvariantsHandler.sol";

/// @notice A contest of four live entries and a retracted one, ten seconds before voting opens, and the hands around it.
abstract contract ContestHistories is ContestFixture {
    ContestHandler internal handler;
    IContest internal contest;

    function _rules() internal view virtual returns (Rules memory);

    function setUp() public override {
        super.setUp();
        vm.warp(ENTRIES_OPEN);
        Rules memory rules = _rules();
        rules.entryBond = 1 ether;
        rules.minTally = 1_000;
        rules.arbitrator = address(new HostileArbitrator());
        rules.votesOpen = VOTES_OPEN;
        rules.countFrom = VOTES_OPEN + 20_000;
        rules.votesClose = rules.countFrom + 100_000;
        contest = _contestOf(rules);
        vm.prank(address(0xA4));
        contest.retract(5);
        handler = _handler(rules);
    }

    function _handler(Rules memory) internal virtual returns (ContestHandler) {
        vm.warp(VOTES_OPEN - 10);
        return new ContestHandler(contest, coin, VOTES_OPEN - 10, 4 ether, 0.9 ether);
    }

    function _contestOf(Rules memory rules) internal returns (IContest made) {
        made = createContest(rules);
        for (uint256 i = 0; i < 5; ++i) {
            address author = address(uint160(0xA0 + i));
            coin.mint(author, 1 ether);
            if (rules.personhood != address(0)) bindTo(made, author);
            submitTo(made, author);
        }
    }

    /// @dev Tight: two or three drops reach each cap.
    function _tightRules() internal view returns (Rules memory rules) {
        rules = personRules();
        rules.entryCap = 6 ether;
        rules.personCap = 13 ether;
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }
}

/// @notice The law that holds after any sequence of calls at any times: properties 4 to 8 of contracts/PROTOCOL.md.
abstract contract ContestInvariants is ContestHistories {
    /// @dev Property 5.
    function invariant_coinBalanceEqualsStakesPlusBondsPlusCreditsPlusPot() external view {
        assertEq(
            coin.balanceOf(address(contest)),
            handler.stakes() +
                handler.bondsHeld() +
                handler.credits() +
                (handler.pot() - handler.paidOut()) +
                handler.gifts(),
            "coin balance"
        );
    }

    /// @dev Properties 4 and 8: a tally is the sum of each voter's own path, and no coin is in it twice.
    function invariant_talliesAreTheSumOfVotersPaths() external view {
        for (uint256 id = 1; id <= 4; ++id) {
            Tally memory tally = contest.tallyOf(id);
            uint256 weight = handler.weightOn(id);
            assertEq(tally.weight, weight, "weight");
            uint256 projected = handler.accOn(id) + weight * handler.windowAfter(handler.time());
            assertEq(contest.scoreOf(id), projected, "score");
        }
        assertEq(contest.scoreOf(5), 0, "a retracted entry");
        assertEq(contest.scoreOf(6), 0, "an unknown entry");
    }

    /// @dev Property 7.
    function invariant_eventsRebuildEveryTally() external view {
        for (uint256 id = 1; id <= 4; ++id) {
            (uint256 weight, , ) = handler.replayed(id);
            assertEq(weight, contest.tallyOf(id).weight, "weight");
            assertEq(handler.replayedAcc(id), handler.accOn(id), "acc");
            for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
                address voter = handler.actorAt(actor);
                (uint256 stake, uint256 counts) = contest.stakeOf(voter, id);
                (uint256 toldStake, uint256 toldWeight) = handler.told(voter, id);
                assertEq(toldStake, stake, "stake told");
                assertEq(toldWeight, counts, "weight told");
            }
        }
    }

    /// @dev Property 8, and the caps of property 2.
    function invariant_countedIsTheSumOfCountedStakes() external view {
        for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
            address wallet = handler.actorAt(actor);
            (bool bound, uint256 counted, ) = contest.personOf(wallet);
            assertTrue(bound == handler.isPerson(actor), "bound");
            uint256 sum = 0;
            for (uint256 id = 1; id <= 4; ++id) {
                (uint256 stake, uint256 weight) = contest.stakeOf(wallet, id);
                (uint256 expected, uint256 expectedWeight, ) = handler.paths(actor, id);
                assertEq(stake, expected, "stake");
                assertEq(weight, expectedWeight, "weight");
                if (!handler.isPersonal() || weight == 0) continue;
                sum += stake;
                assertTrue(stake <= handler.entryCap(), "entry cap");
            }
            assertEq(counted, sum, "counted");
            assertTrue(counted <= handler.personCap(), "person cap");
        }
    }

    /// @dev Property 6: at every moment everybody can leave with exactly what is theirs, by one call each.
    function invariant_everybodyCanLeave() external {
        uint256 id = vm.snapshotState();
        uint256[] memory all = new uint256[](6);
        for (uint256 i = 0; i < 6; ++i) all[i] = i + 1;
        for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
            address wallet = handler.actorAt(actor);
            uint256 staked = 0;
            for (uint256 i = 1; i <= 6; ++i) staked += stakeIn(contest, wallet, i);
            if (staked == 0) continue;
            uint256 before = coin.balanceOf(wallet);
            vm.prank(wallet);
            contest.withdrawMany(all);
            assertEq(coin.balanceOf(wallet) - before, staked, "coins back");
        }
        for (uint256 i = 1; i <= 4; ++i) assertEq(contest.tallyOf(i).weight, 0, "nothing is left");
        vm.revertToState(id);
    }

    function invariant_ranksAreInOrder() external view {
        (uint16[10] memory ranks, uint256 counted, bool isFinal) = contest.standings();
        assertEq(counted, handler.countedUpTo(), "counted");
        assertTrue(isFinal == handler.isFinal(), "final");
        bool[7] memory holds;
        for (uint256 rank = 0; rank < 10; ++rank) {
            uint256 id = ranks[rank];
            if (id == 0) continue;
            assertTrue(!holds[id], "once");
            holds[id] = true;
            assertTrue(contest.scoreOf(id) >= 1_000 * 100_000, "at least the least tally");
            assertTrue(!handler.isRemoved(id), "removed entries hold no rank");
            if (rank == 0) continue;
            uint256 above = ranks[rank - 1];
            (uint256 a, uint256 b) = (contest.scoreOf(above), contest.scoreOf(id));
            assertTrue(above != 0 && (a > b || (a == b && above < id)), "score descending, then lower id");
        }
        for (uint256 id = 1; id <= counted && id <= 4; ++id) {
            bool ranks_ = contest.scoreOf(id) >= 1_000 * 100_000 && !handler.isRemoved(id);
            assertTrue(holds[id] == ranks_, "nobody is left out");
        }
    }

    /// @dev Bonds burn by rulings alone, and what is owed is what the handler wrote down, account by account.
    function invariant_bondsGoWhereTheRulingsSay() external view {
        assertEq(coin.balanceOf(0x000000000000000000000000000000000000dEaD), handler.burned(), "burned");
        for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
            address account = handler.actorAt(actor);
            assertEq(contest.creditOf(account), handler.owed(account), "credit");
        }
        for (uint256 id = 1; id <= 4; ++id) {
            EntryStatus status = contest.tallyOf(id).status;
            EntryStatus expected =
                handler.isRemoved(id)
                    ? EntryStatus.Removed
                    : handler.challengedAt(id) != 0
                        ? EntryStatus.Challenged
                        : EntryStatus.Live;
            assertTrue(status == expected, "status");
        }
    }

    /// @dev Whoever is silent, the result can be had: lapse what is open, count, finalise.
    function invariant_resultIsDueOnTime() external {
        if (handler.isFinal()) return;
        uint256 id = vm.snapshotState();
        uint256 due = uint256(contest.rules().votesClose) + contest.rules().rulingTimeout;
        if (handler.time() < due) vm.warp(due);
        for (uint256 entryId = 1; entryId <= 4; ++entryId) {
            if (handler.challengedAt(entryId) != 0) contest.lapse(entryId);
        }
        if (handler.countedUpTo() < 5) contest.count(5);
        contest.finalize();
        vm.revertToState(id);
    }

    function invariant_potIsNeverOverspent() external view {
        assertTrue(handler.paidOut() <= handler.pot(), "paid out");
        (uint256 total, , ) = contest.pot();
        assertEq(total, handler.pot(), "pot");
    }
}

contract OpenContestInvariants is ContestInvariants {
    function _rules() internal view override returns (Rules memory) {
        return openRules();
    }
}

contract PersonhoodContestInvariants is ContestInvariants {
    function _rules() internal view override returns (Rules memory) {
        return _tightRules();
    }
}

/// @notice Properties 1 to 3 of contracts/PROTOCOL.md after any sequence of calls at any times.
abstract contract ContestProperties is ContestHistories {
    ShadowedContestHandler internal shadowed;

    function _handler(Rules memory rules) internal override returns (ContestHandler) {
        IContest whole = _contestOf(rules);
        vm.warp(VOTES_OPEN - 10);
        shadowed = new ShadowedContestHandler(contest, whole, coin, VOTES_OPEN - 10);
        return shadowed;
    }

    /// @dev Property 1, and with it that neither the kind of call nor the order within a second matters: moves, batches
    /// and signed orders come to what one wallet's drops and withdrawals come to; among persons, support to nothing.
    function invariant_splitNeutral() external {
        shadowed.mirror();
        IContest whole = shadowed.whole();
        for (uint256 id = 1; id <= 4; ++id) {
            assertEq(contest.tallyOf(id).weight, whole.tallyOf(id).weight, "weight");
            assertEq(contest.scoreOf(id), whole.scoreOf(id), "score");
        }
    }

    /// @dev Property 3: from wherever the history led, one more drop.
    function invariant_monotone() external {
        uint256 time = handler.time();
        uint256 id = 1 + (time % 4);
        uint256[5] memory before;
        for (uint256 i = 1; i <= 4; ++i) before[i] = contest.scoreOf(i);
        uint256 state = vm.snapshotState();
        vm.prank(handler.actorAt(time % handler.ACTORS()));
        try contest.drop(id, 1 + (time % 3 ether)) {
            assertTrue(contest.scoreOf(id) >= before[id], "never lowers");
            for (uint256 i = 1; i <= 4; ++i) {
                if (i != id) assertEq(contest.scoreOf(i), before[i], "never changes another");
            }
        } catch {
            // Over a cap, not live, or not while voting is open: nothing was added.
        }
        vm.revertToState(state);
    }
}

contract OpenContestProperties is ContestProperties {
    function _rules() internal view override returns (Rules memory) {
        return openRules();
    }
}

contract PersonhoodContestProperties is ContestProperties {
    function _rules() internal view override returns (Rules memory) {
        return _tightRules();
    }

    /// @dev Property 2: m persons with X coins on an entry weigh at most min(√(m·X), m·√entryCap).
    function invariant_boundedPerson() external view {
        for (uint256 id = 1; id <= 4; ++id) {
            (uint256 persons, uint256 coins) = (0, 0);
            for (uint256 actor = 0; actor < handler.ACTORS(); ++actor) {
                uint256 stake = stakeIn(contest, handler.actorAt(actor), id);
                if (!handler.isPerson(actor) || stake == 0) continue;
                (persons, coins) = (persons + 1, coins + stake);
            }
            uint256 weight = contest.tallyOf(id).weight;
            assertTrue(weight * weight <= persons * coins, "at most the root of persons times coins");
            assertTrue(weight * weight <= persons * persons * 6 ether, "at most persons times the root of the cap");
        }
    }
}
