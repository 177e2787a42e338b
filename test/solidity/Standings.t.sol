// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";

/// @notice Time in the tally, and order out of it.
contract StandingsTest is ContestFixture {
    /* TIME */

    function test_threat30_score_isWholeIfInPlaceByCountFrom() external {
        vm.warp(COUNT_FROM);
        dropAs(ALICE, open, 1, 5 ether);
        _close();
        assertEq(open.scoreOf(1), 5 ether * WINDOW, "score");
    }

    function test_threat30_score_losesOneSecondAfterCountFrom() external {
        vm.warp(COUNT_FROM + 1);
        dropAs(ALICE, open, 1, 5 ether);
        _close();
        assertEq(open.scoreOf(1), 5 ether * (WINDOW - 1), "score");
    }

    function test_score_isEqualForAnyTimeBeforeCountFrom() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.warp(COUNT_FROM - 1);
        dropAs(ALICE, open, 2, 5 ether);
        _close();
        assertEq(open.scoreOf(1), open.scoreOf(2), "early is no better");
    }

    function test_threat17_score_ofTheLastSecondIsOneSecond() external {
        vm.warp(VOTES_CLOSE - 1);
        dropAs(ALICE, open, 1, 5 ether);
        _close();
        assertEq(open.scoreOf(1), 5 ether, "score");
    }

    function test_score_isZeroIfWithdrawnBeforeCountFrom() external {
        dropAs(ALICE, open, 1, 5 ether);
        vm.warp(COUNT_FROM);
        withdrawAs(ALICE, open, 1, 5 ether);
        _close();
        assertEq(open.scoreOf(1), 0, "score");
    }

    function test_threat11_score_keepsWhatDweltBeforeAWithdrawal() external {
        vm.warp(COUNT_FROM + 100);
        dropAs(ALICE, open, 1, 5 ether);
        vm.warp(COUNT_FROM + 350);
        withdrawAs(ALICE, open, 1, 2 ether);
        vm.warp(VOTES_CLOSE - 1000);
        withdrawAs(ALICE, open, 1, 3 ether);
        _close();
        assertEq(open.scoreOf(1), 5 ether * 250 + 3 ether * (WINDOW - 350 - 1000), "score");
    }

    function test_threat30_score_endsAtTheCloseForLateWithdrawals() external {
        dropAs(ALICE, open, 1, 5 ether);
        dropAs(ALICE, open, 2, 5 ether);
        dropAs(ALICE, open, 3, 5 ether);
        vm.warp(VOTES_CLOSE - 1);
        withdrawAs(ALICE, open, 1, 5 ether);
        vm.warp(VOTES_CLOSE);
        withdrawAs(ALICE, open, 2, 5 ether);
        vm.warp(VOTES_CLOSE + 730 days);
        withdrawAs(ALICE, open, 3, 5 ether);
        assertEq(open.scoreOf(1), 5 ether * (WINDOW - 1), "a second before");
        assertEq(open.scoreOf(2), 5 ether * WINDOW, "exactly at");
        assertEq(open.scoreOf(3), 5 ether * WINDOW, "long after");
        assertEq(open.tallyOf(3).last, WINDOW, "clamped to the window");
    }

    function test_threat10_score_countsNothingForCoinsOfOneBlock() external {
        vm.warp(COUNT_FROM + 5);
        coin.mint(CAROL, 1e27);
        dropAs(CAROL, open, 1, 1e27);
        withdrawAs(CAROL, open, 1, 1e27);
        _close();
        assertEq(open.scoreOf(1), 0, "a flash loan");
    }

    function test_scoreOf_isTheScoreIfNobodyMovesAgain() external {
        dropAs(ALICE, open, 1, 5 ether);
        assertEq(open.scoreOf(1), 5 ether * WINDOW, "before the window");
        vm.warp(COUNT_FROM + 500);
        dropAs(BOB, open, 1, 1 ether);
        uint256 projected = 5 ether * WINDOW + 1 ether * (WINDOW - 500);
        assertEq(open.scoreOf(1), projected, "inside");
        vm.warp(VOTES_CLOSE + 1);
        assertEq(open.scoreOf(1), projected, "after");
    }

    /* COUNT */

    function test_threat16_count_ranksByScoreThenLowerId() external {
        vm.prank(ALICE);
        open.dropMany(list(1, 2, 3), list(1 ether, 2 ether, 1 ether));
        _close();
        vm.expectEmit(address(open));
        emit IContest.Counted(3);
        open.count(100);
        (uint16[10] memory ranks, uint256 counted, bool isFinal) = open.standings();
        assertEq(ranks[0], 2, "rank 1");
        assertEq(ranks[1], 1, "rank 2: the lower id of two equal ones");
        assertEq(ranks[2], 3, "rank 3");
        assertEq(ranks[3], 0, "rank 4");
        assertEq(counted, 3, "counted");
        assertTrue(!isFinal, "not final yet");
    }

    function test_threat14_count_isTheSameInPages() external {
        vm.prank(ALICE);
        open.dropMany(list(1, 2, 3), list(1 ether, 2 ether, 3 ether));
        _close();
        for (uint256 i = 1; i <= 3; ++i) {
            vm.expectEmit(address(open));
            emit IContest.Counted(i);
            open.count(1);
        }
        (uint16[10] memory ranks, , ) = open.standings();
        assertEq(ranks[0], 3, "rank 1");
        assertEq(ranks[1], 2, "rank 2");
        assertEq(ranks[2], 1, "rank 3");
    }

    function test_count_failsIfNothingToCount() external {
        _close();
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NothingToCount.selector, 0));
        open.count(0);
        open.count(type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NothingToCount.selector, 3));
        open.count(1);
    }

    function test_threat05_count_failsIfNotCounting() external {
        vm.warp(VOTES_CLOSE - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Voting));
        open.count(1);
        _close();
        open.count(3);
        open.finalize();
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Final));
        open.count(1);
    }

    function test_count_passesOverRetractedAndEmptyEntries() external {
        vm.warp(VOTES_OPEN - 1);
        vm.prank(AUTHOR);
        open.retract(1);
        vm.warp(VOTES_OPEN);
        dropAs(ALICE, open, 3, 1);
        _close();
        open.count(3);
        (uint16[10] memory ranks, , ) = open.standings();
        assertEq(ranks[0], 3, "rank 1");
        assertEq(ranks[1], 0, "entry 2 has no score");
    }

    function test_count_asksForTheLeastTally() external {
        Rules memory rules = openRules();
        rules.minTally = 2 ether;
        vm.warp(ENTRIES_OPEN);
        IContest strict = createContest(rules);
        for (uint256 i = 0; i < 3; ++i) submitTo(strict, AUTHOR);
        allow(ALICE, address(strict));
        vm.warp(VOTES_OPEN);
        vm.prank(ALICE);
        strict.dropMany(list(1, 2, 3), list(2 ether - 1, 2 ether, 3 ether));
        vm.warp(VOTES_CLOSE - 1);
        withdrawAs(ALICE, strict, 3, 3 ether);
        _close();
        strict.count(3);
        (uint16[10] memory ranks, , ) = strict.standings();
        assertEq(ranks[0], 3, "rank 1");
        assertEq(ranks[1], 2, "rank 2: exactly the least");
        assertEq(ranks[2], 0, "a wei too few");
    }

    function testFuzz_count_ranksAsANaiveSort(uint96[14] memory amounts, uint256 pages) external {
        vm.warp(ENTRIES_OPEN);
        IContest contest = createContest(openRules());
        for (uint256 i = 0; i < 14; ++i) submitTo(contest, AUTHOR);
        coin.mint(ALICE, 14 * 5);
        allow(ALICE, address(contest));
        vm.warp(VOTES_OPEN);
        // Few different amounts, so that many entries tie.
        uint256[15] memory stakes;
        for (uint256 i = 1; i <= 14; ++i) {
            stakes[i] = amounts[i - 1] % 5;
            if (stakes[i] != 0) dropAs(ALICE, contest, i, stakes[i]);
        }
        _close();
        for (uint256 counted = 0; counted < 14;) {
            uint256 page = 1 + (uint256(keccak256(abi.encode(pages, counted))) % 14);
            contest.count(page);
            counted += page;
        }
        (uint16[10] memory ranks, , ) = contest.standings();
        for (uint256 rank = 0; rank < 10; ++rank) {
            uint256 best = 0;
            for (uint256 i = 1; i <= 14; ++i) if (stakes[i] > stakes[best]) best = i;
            assertEq(ranks[rank], best, "rank");
            stakes[best] = 0;
        }
    }

    /* FINALIZE */

    function test_finalize_needsEveryEntryCounted() external {
        _close();
        open.count(2);
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NotCounted.selector, 2, 3));
        open.finalize();
        open.count(1);
        vm.expectEmit(address(open));
        emit IContest.Finalized(0, 0, 0);
        open.finalize();
        assertTrue(open.phase() == Phase.Final, "final");
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Final));
        open.finalize();
    }

    function test_finalize_worksWithoutEntries() external {
        vm.warp(ENTRIES_OPEN);
        IContest empty = createContest(openRules());
        _close();
        empty.finalize();
        assertTrue(empty.phase() == Phase.Final, "final");
    }

    function test_finalize_failsIfVotingOpen() external {
        vm.warp(VOTES_CLOSE - 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Voting));
        open.finalize();
    }

    function _close() private {
        vm.warp(VOTES_CLOSE);
    }
}
