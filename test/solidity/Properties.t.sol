// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IContest, Rules} from "../../contracts/interfaces/IContest.sol";
import {Schedule} from "../../contracts/libraries/Schedule.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {TestCoin} from "../support/TestCoin.sol";

/// @notice Properties 1 to 4 of contracts/PROTOCOL.md over random stakes and times, one at a time. `Invariants.t.sol` has all
/// eight over whole histories.
contract PropertiesTest is ContestFixture {
    uint256 private constant WALLETS = 4;

    /// @dev Property 1, open contest: the same coins at the same times, by one wallet or by four.
    function testFuzz_splitNeutral_overWallets(uint256[6] memory amounts, uint32[6] memory waits) external {
        uint256 time = VOTES_OPEN;
        for (uint256 i = 0; i < 6; ++i) {
            amounts[i] = bound(amounts[i], 1, 100 ether);
            time = _later(time, waits[i]);
            vm.warp(time);
            dropAs(_wallet(0), open, 1, amounts[i]);
            dropAs(_wallet(i % WALLETS), open, 2, amounts[i]);
            assertEq(open.scoreOf(1), open.scoreOf(2), "split over wallets");
        }
    }

    /// @dev Property 1, open contest: the same coins at one time, in one transaction or in many.
    function testFuzz_splitNeutral_overTransactions(uint256[5] memory amounts, uint32 wait) external {
        vm.warp(_later(VOTES_OPEN, wait));
        uint256 sum = 0;
        for (uint256 i = 0; i < 5; ++i) {
            amounts[i] = bound(amounts[i], 1, 100 ether);
            dropAs(_wallet(0), open, 1, amounts[i]);
            sum += amounts[i];
        }
        dropAs(_wallet(1), open, 2, sum);
        assertEq(open.scoreOf(1), open.scoreOf(2), "split over transactions");
    }

    /// @dev Property 1, personhood contest: further wallets of a person add nothing.
    function testFuzz_splitNeutral_overWalletsOfAPerson(uint256 amount, uint256[3] memory more) external {
        amount = bound(amount, 1, ENTRY_CAP);
        dropAs(ALICE, personal, 1, amount);
        uint256 score = personal.scoreOf(1);
        for (uint256 i = 0; i < 3; ++i) {
            address wallet = _wallet(i);
            bytes memory proof = proofFor(personal, wallet, keccak256(abi.encode("person", ALICE)));
            vm.expectPartialRevert(IContest.Persons_NullifierUsed.selector);
            vm.prank(wallet);
            personal.bind(proof);
            dropAs(wallet, personal, 1, bound(more[i], 1, 200 ether));
            assertEq(personal.scoreOf(1), score, "unchanged");
        }
    }

    /// @dev Property 2: m persons with X coins add at most min(√(m·X), m·√entryCap).
    function testFuzz_boundedPerson(uint256[4] memory amounts) external {
        uint256 sum = 0;
        for (uint256 i = 0; i < WALLETS; ++i) {
            amounts[i] = bound(amounts[i], 1, ENTRY_CAP);
            bindTo(personal, _wallet(i));
            dropAs(_wallet(i), personal, 1, amounts[i]);
            sum += amounts[i];
            uint256 weight = personal.tallyOf(1).weight;
            assertTrue(weight * weight <= (i + 1) * sum, "at most the root of persons times coins");
            assertTrue(weight <= (i + 1) * 3_162_277_660, "at most persons times the root of the cap");
        }
    }

    /// @dev A weight is the whole square root, rounded down, up to the greatest stake there is.
    function testFuzz_weight_isTheSquareRoot(uint96 amount) external {
        vm.assume(amount != 0);
        IContest contest = _wideContest();
        coin.mint(ALICE, amount);
        dropAs(ALICE, contest, 1, amount);
        uint256 weight = weightIn(contest, ALICE, 1);
        assertTrue(weight * weight <= amount, "not above");
        assertTrue((weight + 1) * (weight + 1) > amount, "not below");
    }

    function test_weight_ofTheGreatestStakeFits() external {
        IContest contest = _wideContest();
        coin.mint(ALICE, type(uint96).max);
        dropAs(ALICE, contest, 1, type(uint96).max);
        assertEq(weightIn(contest, ALICE, 1), 2 ** 48 - 1, "weight");
        withdrawAs(ALICE, contest, 1, type(uint96).max);
        assertEq(contest.tallyOf(1).weight, 0, "gone");
    }

    /// @dev What z3 leaves undecided of test/proofs/ScheduleProof.sol.
    function testFuzz_elapsed_isTheClampedDifference(uint40 start, uint40 end, uint256 timestamp) external pure {
        vm.assume(start < end);
        Schedule schedule = Schedule.wrap((uint256(start) << 136) | (uint256(end) << 96));
        uint256 near = bound(timestamp, start, end);
        assertEq(schedule.elapsed(near), near - start, "in the window");
        uint256 late = bound(timestamp, end, type(uint256).max);
        assertEq(schedule.elapsed(late), uint256(end) - start, "after it");
        assertEq(schedule.elapsed(bound(timestamp, 0, start)), 0, "before it");
    }

    /// @dev Property 3: more stake never lowers an entry's score and never touches another's.
    function testFuzz_monotone(uint256 first, uint256 second, uint32 wait, bool asPerson) external {
        IContest contest = asPerson ? personal : open;
        first = bound(first, 1, ENTRY_CAP - 1);
        second = bound(second, 1, ENTRY_CAP - first);
        dropAs(BOB, contest, 2, 3 ether);
        dropAs(ALICE, contest, 1, first);
        vm.warp(_later(VOTES_OPEN, wait));
        (uint256 own, uint256 other) = (contest.scoreOf(1), contest.scoreOf(2));
        dropAs(ALICE, contest, 1, second);
        assertTrue(contest.scoreOf(1) >= own, "never lowers");
        assertEq(contest.scoreOf(2), other, "never changes another");
    }

    /// @dev Property 4: two voters together make the sum of what each would have made alone.
    function testFuzz_orderIndependent(uint256[8] memory amounts, uint32[8] memory waits, uint8 who) external {
        uint256 time = VOTES_OPEN;
        for (uint256 i = 0; i < 8; ++i) {
            time = _later(time, waits[i]);
            vm.warp(time);
            bool first = (who >> i) & 1 == 0;
            address voter = first ? ALICE : BOB;
            uint256 alone = first ? 2 : 3;
            uint256 stake = stakeIn(open, voter, 1);
            if (amounts[i] % 3 == 0 && stake != 0) {
                uint256 amount = 1 + (amounts[i] % stake);
                withdrawAs(voter, open, 1, amount);
                withdrawAs(voter, open, alone, amount);
            } else {
                uint256 amount = bound(amounts[i], 1, 50 ether);
                dropAs(voter, open, 1, amount);
                dropAs(voter, open, alone, amount);
            }
            assertEq(open.scoreOf(1), open.scoreOf(2) + open.scoreOf(3), "sum of both alone");
        }
    }

    /// @dev Up to a quarter of the voting time later, never past its last second.
    function _later(uint256 time, uint256 wait) private pure returns (uint256) {
        uint256 later = time + (wait % ((VOTES_CLOSE - VOTES_OPEN) / 4));
        return later < VOTES_CLOSE ? later : VOTES_CLOSE - 1;
    }

    function _wallet(uint256 index) private returns (address wallet) {
        wallet = address(uint160(0x5000 + index));
        if (coin.allowance(wallet, address(open)) == 0) equip(wallet, 2_000 ether);
    }

    /// @dev A personhood contest whose caps are as wide as a coin can be.
    function _wideContest() private returns (IContest contest) {
        vm.warp(ENTRIES_OPEN);
        coin = new TestCoin();
        Rules memory rules = personRules();
        (rules.personCap, rules.entryCap) = (type(uint96).max, type(uint96).max);
        contest = createContest(rules);
        bindTo(contest, AUTHOR);
        submitTo(contest, AUTHOR);
        bindTo(contest, ALICE);
        allow(ALICE, address(contest));
        vm.warp(VOTES_OPEN);
    }
}
