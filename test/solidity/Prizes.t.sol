// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryInput, IContest, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {BlockingCoin} from "../support/HostileCoins.sol";
import {TestCoin} from "../support/TestCoin.sol";

/// @notice An author that submits while it is made and can never call again: nothing is left in it that could.
contract DumbAuthor {
    constructor(IContest contest, TestCoin coin, EntryInput memory input, bytes32 declaration) {
        coin.mint(address(this), contest.rules().entryBond);
        coin.approve(address(contest), type(uint256).max);
        contest.submit(input, declaration);
    }
}

/// @notice The pot, its split, and who is paid.
contract PrizesTest is ContestFixture {
    /* FUND */

    function test_fund_addsToThePot() external {
        _fund(ALICE, 3 ether);
        vm.expectEmit(address(open));
        emit IContest.PotFunded(BOB, 2 ether, 5 ether);
        _fund(BOB, 2 ether);
        (uint256 total, uint256 unheld, uint256 paid) = open.pot();
        assertEq(total, 5 ether, "pot");
        assertEq(unheld, 0, "unheld");
        assertEq(paid, 0, "paid");
        assertEq(open.fundedBy(ALICE), 3 ether, "funded");
    }

    function test_threat06_fund_worksUntilFinal() external {
        vm.warp(VOTES_CLOSE);
        open.count(1);
        _fund(ALICE, 1 ether);
        open.count(2);
        _fund(ALICE, 1 ether);
        open.finalize();
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Final));
        _fund(ALICE, 1 ether);
    }

    function test_threat31_fund_failsIfZeroOrTooLarge() external {
        vm.expectRevert(IContest.Ballots_NoAmount.selector);
        _fund(ALICE, 0);
        _fund(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_PotTooLarge.selector, type(uint128).max));
        _fund(ALICE, type(uint128).max);
    }

    /* CLAIM */

    function test_threat24_claim_paysTheAuthorWhoeverCalls() external {
        _fund(CAROL, 1_000);
        _finishWith(5, 3, 1);
        vm.expectEmit(address(open));
        emit IContest.PrizeClaimed(2, 2, AUTHOR, 200);
        vm.prank(BOB);
        open.claim(2);
        assertEq(coin.balanceOf(AUTHOR), 200, "author");
        (, , uint256 paid) = open.pot();
        assertEq(paid, 2, "bit of rank 2");
    }

    function test_threat25_claim_givesTheDustToRankOne() external {
        _fund(CAROL, 999);
        _finishWith(5, 3, 1);
        // Shares of 999: 299 199 129 99 79 59 49 39 24 14, in all 990; 9 are left over.
        open.claim(1);
        assertEq(coin.balanceOf(AUTHOR), 299 + 9, "rank 1");
        open.claim(2);
        open.claim(3);
        assertEq(coin.balanceOf(AUTHOR), 308 + 199 + 129, "all three");
        (, uint256 unheld, ) = open.pot();
        assertEq(unheld, 99 + 79 + 59 + 49 + 39 + 24 + 14, "unheld");
        assertEq(uint256(308 + 199 + 129) + unheld, 999, "nothing is lost");
    }

    function test_claim_failsIfClaimed() external {
        _fund(CAROL, 1_000);
        _finishWith(5, 3, 1);
        open.claim(1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_Claimed.selector, 1));
        open.claim(1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_Claimed.selector, 1));
        vm.prank(AUTHOR);
        open.claimTo(1, BOB);
    }

    function test_claim_failsIfNobodyHoldsTheRank() external {
        _fund(CAROL, 1_000);
        _finishWith(5, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NoRank.selector, 4));
        open.claim(4);
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NoRank.selector, 0));
        open.claim(0);
        vm.expectRevert(abi.encodeWithSelector(IContest.Standings_NoRank.selector, 11));
        open.claim(11);
    }

    function test_claim_failsIfNotFinal() external {
        vm.warp(VOTES_CLOSE);
        open.count(3);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        open.claim(1);
    }

    function test_claim_failsIfThePotIsEmpty() external {
        _finishWith(5, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, AUTHOR));
        open.claim(1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, ALICE));
        vm.prank(ALICE);
        open.reclaim();
    }

    function test_threat24_claimTo_paysWhereTheAuthorSays() external {
        _fund(CAROL, 1_000);
        _finishWith(5, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotAuthor.selector, AUTHOR, BOB));
        vm.prank(BOB);
        open.claimTo(1, BOB);
        vm.prank(AUTHOR);
        open.claimTo(1, address(0xF00));
        assertEq(coin.balanceOf(address(0xF00)), 300, "named receiver");
    }

    function test_finalize_tellsRanksPotAndWhatNobodyHolds() external {
        _fund(CAROL, 1_000);
        vm.warp(VOTES_OPEN);
        dropAs(ALICE, open, 2, 2 ether);
        dropAs(ALICE, open, 3, 1 ether);
        vm.warp(VOTES_CLOSE);
        open.count(3);
        vm.expectEmit(address(open));
        emit IContest.Finalized((3 << 16) | 2, 1_000, 500);
        open.finalize();
        vm.expectEmit(address(open));
        emit IContest.PrizeClaimed(2, 3, BOB, 200);
        vm.prank(AUTHOR);
        open.claimTo(2, BOB);
    }

    /// @dev An author whom the prize token refuses holds up nobody, and can name another receiver.
    function test_threat25_claim_ofABlockedAuthorBlocksNobodyElse() external {
        BlockingCoin prize = new BlockingCoin();
        Rules memory rules = personRules();
        rules.prizeToken = address(prize);
        vm.warp(ENTRIES_OPEN);
        IContest contest = createContest(rules);
        address[2] memory authors = [address(0xE1), address(0xE2)];
        for (uint256 i = 0; i < 2; ++i) {
            bindTo(contest, authors[i]);
            submitTo(contest, authors[i]);
        }
        prize.mint(CAROL, 1_000);
        vm.startPrank(CAROL);
        prize.approve(address(contest), 1_000);
        contest.fund(1_000);
        vm.stopPrank();
        bindTo(contest, ALICE);
        allow(ALICE, address(contest));
        vm.warp(VOTES_OPEN);
        vm.prank(ALICE);
        contest.dropMany(list(1, 2), list(2 ether, 1 ether));
        vm.warp(VOTES_CLOSE);
        contest.count(2);
        prize.setBlocked(authors[0], false);
        contest.finalize();

        vm.expectRevert(abi.encodeWithSelector(BlockingCoin.BlockingCoin_Blocked.selector, authors[0]));
        contest.claim(1);
        contest.claim(2);
        assertEq(prize.balanceOf(authors[1]), 200, "the other author");
        vm.prank(CAROL);
        contest.reclaim();
        vm.prank(ALICE);
        contest.withdrawMany(list(1, 2));
        vm.prank(authors[0]);
        contest.claimTo(1, BOB);
        assertEq(prize.balanceOf(BOB), 300, "named receiver");
    }

    /// @dev An author that is a contract and was left with no code that could call: anyone brings it its prize, in
    /// the prize token, and its bond waits where nobody else can take it.
    function test_threat25_claim_paysAContractAuthorThatCannotCall() external {
        vm.warp(ENTRIES_OPEN);
        IContest contest = createContest(openRules());
        address author = address(new DumbAuthor(contest, coin, entryInput(), DECLARATION));
        coin.mint(CAROL, 1_000);
        allow(CAROL, address(contest));
        vm.prank(CAROL);
        contest.fund(1_000);
        allow(ALICE, address(contest));
        vm.warp(VOTES_OPEN);
        dropAs(ALICE, contest, 1, 1 ether);
        vm.warp(VOTES_CLOSE);
        contest.count(1);
        contest.finalize();

        vm.expectRevert(abi.encodeWithSelector(IContest.Entries_NotAuthor.selector, author, BOB));
        vm.prank(BOB);
        contest.claimTo(1, BOB);
        vm.prank(BOB);
        contest.claim(1);
        assertEq(coin.balanceOf(author), 300, "the prize, though it never asked");
        vm.prank(BOB);
        contest.releaseBond(1);
        assertEq(contest.creditOf(author), BOND, "its bond is its own");
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, BOB));
        vm.prank(BOB);
        contest.collect();
        vm.prank(CAROL);
        contest.reclaim();
        withdrawAs(ALICE, contest, 1, 1 ether);
        assertEq(coin.balanceOf(address(contest)), BOND, "nobody else waits");
    }

    /* RECLAIM */

    function test_reclaim_returnsUnheldRanksByShare() external {
        _fund(ALICE, 700);
        _fund(BOB, 300);
        _finishWith(5, 3, 1);
        // Ranks 4 to 10 hold 3,700 basis points: 370 of 1,000.
        vm.expectEmit(address(open));
        emit IContest.Reclaimed(ALICE, 259);
        vm.prank(ALICE);
        open.reclaim();
        vm.prank(BOB);
        open.reclaim();
        assertEq(coin.balanceOf(BOB), 1_000 ether - 300 + 111, "Bob");
        assertEq(open.fundedBy(ALICE), 0, "once");
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, ALICE));
        vm.prank(ALICE);
        open.reclaim();
    }

    function test_reclaim_returnsEverythingIfNobodyWins() external {
        _fund(ALICE, 700);
        vm.warp(VOTES_CLOSE);
        open.count(3);
        open.finalize();
        (, uint256 unheld, ) = open.pot();
        assertEq(unheld, 700, "unheld");
        vm.prank(ALICE);
        open.reclaim();
        assertEq(coin.balanceOf(ALICE), 1_000 ether, "all back");
    }

    function test_reclaim_failsIfNotFinalOrNoFunder() external {
        _fund(ALICE, 700);
        vm.warp(VOTES_CLOSE);
        open.count(3);
        vm.expectRevert(abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting));
        vm.prank(ALICE);
        open.reclaim();
        open.finalize();
        vm.expectRevert(abi.encodeWithSelector(IContest.Prizes_NothingOwed.selector, BOB));
        vm.prank(BOB);
        open.reclaim();
    }

    function testFuzz_pot_isNeverOverspent(
        uint128 first,
        uint128 second,
        uint16[10] memory split,
        uint8 held
    ) external {
        Rules memory rules = openRules();
        TestCoin prize = new TestCoin();
        rules.prizeToken = address(prize);
        uint16 left = 10_000;
        for (uint256 i = 0; i < 9; ++i) {
            rules.split[i] = uint16(bound(split[i], 0, left));
            left -= rules.split[i];
        }
        rules.split[9] = left;
        vm.warp(ENTRIES_OPEN);
        IContest contest = createContest(rules);
        for (uint256 i = 0; i < 10; ++i) submitTo(contest, AUTHOR);
        first = uint128(bound(first, 1, type(uint128).max - 1));
        second = uint128(bound(second, 1, type(uint128).max - first));
        _fundWith(prize, contest, ALICE, first);
        _fundWith(prize, contest, BOB, second);
        allow(CAROL, address(contest));
        vm.warp(VOTES_OPEN);
        held = uint8(bound(held, 0, 10));
        for (uint256 i = 1; i <= held; ++i) dropAs(CAROL, contest, i, i);
        vm.warp(VOTES_CLOSE);
        contest.count(10);
        contest.finalize();

        uint256 pot = uint256(first) + second;
        (, uint256 unheld, ) = contest.pot();
        uint256 owed = unheld;
        for (uint256 rank = 1; rank <= held; ++rank) {
            uint256 before = prize.balanceOf(AUTHOR);
            try contest.claim(rank) {} catch {
                // A share of nothing is refused.
            }
            uint256 prizeOfRank = prize.balanceOf(AUTHOR) - before;
            assertTrue(prizeOfRank >= (pot * rules.split[rank - 1]) / 10_000, "at least the share");
            owed += prizeOfRank;
        }
        assertEq(owed, pot, "prizes and refunds are the pot, to the wei");
        _reclaim(contest, ALICE);
        _reclaim(contest, BOB);
        assertTrue(prize.balanceOf(address(contest)) <= 1, "dust of two refunds is at most one wei");
    }

    function _reclaim(IContest contest, address funder) private {
        vm.prank(funder);
        try contest.reclaim() {} catch {
            // Nothing to refund is refused.
        }
    }

    function _fundWith(TestCoin prize, IContest contest, address funder, uint256 amount) private {
        prize.mint(funder, amount);
        vm.startPrank(funder);
        prize.approve(address(contest), amount);
        contest.fund(amount);
        vm.stopPrank();
    }

    function _fund(address funder, uint256 amount) private {
        vm.prank(funder);
        open.fund(amount);
    }

    /// @dev Stakes of BOB on entries 1, 2 and 3, and the result of it.
    function _finishWith(uint256 first, uint256 second, uint256 third) private {
        vm.startPrank(BOB);
        open.dropMany(list(1, 2, 3), list(first, second, third));
        vm.warp(VOTES_CLOSE);
        open.withdrawMany(list(1, 2, 3));
        vm.stopPrank();
        open.count(100);
        open.finalize();
    }
}
