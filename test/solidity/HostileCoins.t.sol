// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IContest, Order, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {
    BlockingCoin,
    CallbackCoin,
    FalseCoin,
    FeeCoin,
    GenerousCoin,
    LosingCoin,
    LyingCoin,
    OutFeeCoin,
    RebasingCoin,
    Reentrant,
    SilentCoin,
    StrictCoin
} from "../support/HostileCoins.sol";
import {TestCoin} from "../support/TestCoin.sol";

/// @notice Coins that take, lie, block, shrink and call back.
contract HostileCoinsTest is ContestFixture {
    /* COINS THAT ARRIVE SHORT, OR NOT AT ALL */

    function test_threat07_drop_failsIfCoinTakesAFee() external {
        FeeCoin fee = new FeeCoin();
        IContest contest = _contestWith(fee);
        fee.setTaking(true);
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 100 ether, 99 ether));
        dropAs(ALICE, contest, 1, 100 ether);
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 200 ether, 198 ether));
        vm.prank(ALICE);
        contest.dropMany(list(1, 2), list(100 ether, 100 ether));
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 100 ether, 99 ether));
        vm.prank(ALICE);
        contest.fund(100 ether);
    }

    function test_threat07_submit_failsIfCoinTakesAFee() external {
        FeeCoin fee = new FeeCoin();
        IContest contest = _contestWith(fee);
        fee.setTaking(true);
        fee.mint(BOB, BOND);
        vm.prank(BOB);
        fee.approve(address(contest), BOND);
        vm.warp(ENTRIES_OPEN);
        bytes memory call_ = abi.encodeCall(IContest.submit, (entryInput(), DECLARATION));
        vm.prank(BOB);
        (bool success, bytes memory reason) = address(contest).call(call_);
        assertTrue(!success, "refused");
        assertEq(
            keccak256(reason),
            keccak256(abi.encodeWithSelector(IContest.Coins_Short.selector, 10 ether, 9.9 ether)),
            "reason"
        );
    }

    /// @dev Whoever leaves pays for leaving: the books and everybody else's coins stay what they were.
    function test_withdraw_worksIfTheCoinBeginsToTakeAFeeFromWhatLeaves() external {
        OutFeeCoin token = new OutFeeCoin();
        IContest contest = _contestWith(token);
        dropAs(ALICE, contest, 1, 100 ether);
        dropAs(ALICE, contest, 2, 60 ether);
        dropAs(BOB, contest, 2, 50 ether);
        token.setFee(OutFeeCoin.Fee.OutOfIt);

        withdrawAs(ALICE, contest, 1, 40 ether);
        assertEq(token.balanceOf(ALICE), 879.6 ether, "840 + 39.6");
        assertEq(stakeIn(contest, ALICE, 1), 60 ether, "her stake");
        assertEq(contest.tallyOf(1).weight, 60 ether, "its weight");
        assertEq(token.balanceOf(address(contest)), 200 ether, "170 staked, 30 of bonds");
        vm.prank(ALICE);
        contest.withdrawMany(list(1, 2));
        assertEq(token.balanceOf(ALICE), 998.4 ether, "879.6 + 118.8");
        assertEq(token.balanceOf(address(contest)), 80 ether, "Bob's 50 and the bonds");
        dropAs(ALICE, contest, 1, 10 ether);
        withdrawAs(BOB, contest, 2, 50 ether);
        assertEq(token.balanceOf(BOB), 999.5 ether, "950 + 49.5: no fee but his own");
        withdrawAs(ALICE, contest, 1, 10 ether);

        vm.warp(VOTES_CLOSE);
        contest.count(10);
        contest.finalize();
        for (uint256 entryId = 1; entryId <= 3; ++entryId) contest.releaseBond(entryId);
        vm.prank(AUTHOR);
        contest.collect();
        assertEq(token.balanceOf(AUTHOR), 29.7 ether, "three bonds, less the fee");
        assertEq(token.balanceOf(address(contest)), 0, "all that was owed was there");
    }

    /// @dev Each time it is missing for whoever leaves last, who waits with what is owed to them.
    function test_withdraw_afterFeesOnTopHitsTheLastOne() external {
        OutFeeCoin token = new OutFeeCoin();
        IContest contest = _contestWith(token);
        dropAs(ALICE, contest, 1, 500 ether);
        dropAs(BOB, contest, 1, 500 ether);
        token.setFee(OutFeeCoin.Fee.OnTop);
        withdrawAs(ALICE, contest, 1, 500 ether);
        withdrawAs(BOB, contest, 1, 500 ether);
        assertEq(token.balanceOf(ALICE), 1_000 ether, "Alice has hers");
        assertEq(token.balanceOf(BOB), 1_000 ether, "Bob has his");
        assertEq(token.balanceOf(address(contest)), 20 ether, "ten of the bonds' thirty are gone");

        vm.warp(VOTES_CLOSE);
        contest.count(10);
        contest.finalize();
        for (uint256 entryId = 1; entryId <= 3; ++entryId) contest.releaseBond(entryId);
        vm.expectRevert();
        vm.prank(AUTHOR);
        contest.collect();
        assertEq(contest.creditOf(AUTHOR), 30 ether, "owed as before");
        token.mint(address(contest), 10.3 ether);
        vm.prank(AUTHOR);
        contest.collect();
        assertEq(token.balanceOf(AUTHOR), 30 ether, "once anybody fills the gap");
    }

    /// @dev A bond under ten wei burns nothing, and some coins refuse to move nothing.
    function test_retract_worksWhenNothingIsToBurn() external {
        StrictCoin strict = new StrictCoin();
        Rules memory rules = openRules();
        (rules.coin, rules.prizeToken, rules.entryBond) = (address(strict), address(strict), 9);
        vm.warp(ENTRIES_OPEN);
        IContest contest = createContest(rules);
        strict.mint(AUTHOR, 9);
        vm.prank(AUTHOR);
        strict.approve(address(contest), 9);
        bytes memory call_ = abi.encodeCall(IContest.submit, (entryInput(), DECLARATION));
        vm.prank(AUTHOR);
        (bool success, ) = address(contest).call(call_);
        assertTrue(success, "submit");
        vm.prank(AUTHOR);
        contest.retract(1);
        assertEq(contest.creditOf(AUTHOR), 9, "the whole bond");
    }

    function test_drop_failsIfCoinBringsMore() external {
        GenerousCoin generous = new GenerousCoin();
        IContest contest = _contestWith(generous);
        generous.setGiving(true);
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 5, 6));
        dropAs(ALICE, contest, 1, 5);
    }

    function test_threat35_drop_failsIfCoinReturnsFalse() external {
        FalseCoin false_ = new FalseCoin();
        IContest contest = _contestWith(false_);
        dropAs(ALICE, contest, 1, 5);
        false_.setRefusing(true);
        bytes memory reason = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(false_));
        vm.expectRevert(reason);
        dropAs(ALICE, contest, 1, 5);
        vm.expectRevert(reason);
        withdrawAs(ALICE, contest, 1, 5);
        assertEq(stakeIn(contest, ALICE, 1), 5, "the stake is still there");
        false_.setRefusing(false);
        withdrawAs(ALICE, contest, 1, 5);
    }

    function test_drop_failsIfCoinLies() external {
        LyingCoin lying = new LyingCoin();
        IContest contest = _contestWith(lying);
        lying.setLying(true);
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 5, 0));
        dropAs(ALICE, contest, 1, 5);
    }

    function test_threat35_drop_worksIfCoinReturnsNothing() external {
        SilentCoin silent = new SilentCoin();
        IContest contest = _contestWith(TestCoin(address(silent)));
        dropAs(ALICE, contest, 1, 5 ether);
        withdrawAs(ALICE, contest, 1, 2 ether);
        assertEq(silent.balanceOf(ALICE), 997 ether, "balance");
    }

    /* COINS THAT BLOCK */

    function test_withdraw_ofOthersWorksIfOneIsBlocked() external {
        BlockingCoin blocking = new BlockingCoin();
        IContest contest = _contestWith(blocking);
        dropAs(ALICE, contest, 1, 5 ether);
        dropAs(BOB, contest, 1, 7 ether);
        blocking.setBlocked(ALICE, false);
        vm.expectRevert(abi.encodeWithSelector(BlockingCoin.BlockingCoin_Blocked.selector, ALICE));
        withdrawAs(ALICE, contest, 1, 5 ether);
        withdrawAs(BOB, contest, 1, 7 ether);
        assertEq(blocking.balanceOf(BOB), 1_000 ether, "Bob is free");
        assertEq(stakeIn(contest, ALICE, 1), 5 ether, "Alice's stake waits");
    }

    function test_threat35_count_worksIfTheCoinBurnsAllGas() external {
        BlockingCoin blocking = new BlockingCoin();
        IContest contest = _contestWith(blocking);
        dropAs(ALICE, contest, 1, 5 ether);
        blocking.setBlocked(address(contest), true);
        vm.warp(VOTES_CLOSE);
        contest.count(10);
        contest.finalize();
        (uint16[10] memory ranks, , ) = contest.standings();
        assertEq(ranks[0], 1, "the result needs no coin");
        (bool success, ) = address(contest).call{gas: 200_000}(abi.encodeCall(IContest.claim, (1)));
        assertTrue(!success, "only whoever is paid waits");
    }

    /// @dev The shortfall hits whoever leaves last, and nobody else.
    function test_threat08_withdraw_afterRebaseHitsTheLastOne() external {
        RebasingCoin rebasing = new RebasingCoin();
        IContest contest = _contestWith(rebasing);
        dropAs(ALICE, contest, 1, 500 ether);
        dropAs(BOB, contest, 1, 500 ether);
        // Ten coins more than the three bonds of ten are missing.
        rebasing.shrink(address(contest), 40 ether);
        withdrawAs(ALICE, contest, 1, 500 ether);
        vm.expectRevert();
        withdrawAs(BOB, contest, 1, 500 ether);
        withdrawAs(BOB, contest, 1, 490 ether);
        assertEq(rebasing.balanceOf(BOB), 990 ether, "the shortfall and no more");
    }

    /* COINS THAT CALL BACK */

    function test_threat09_withdraw_cannotBeRepeatedFromACallback() external {
        (CallbackCoin calling, IContest contest, Reentrant thief) = _callbackContest();
        dropAs(BOB, contest, 1, 100 ether);
        bytes memory goAway = abi.encodeCall(IContest.withdraw, (1, 10 ether));
        thief.act(address(contest), abi.encodeCall(IContest.drop, (1, 10 ether)));
        thief.prepare(address(contest), goAway, "");
        thief.act(address(contest), goAway);
        assertTrue(!thief.reentered(), "refused");
        assertEq(
            keccak256(thief.answer()),
            keccak256(abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 10 ether)),
            "the stake was gone before the coins left"
        );
        assertEq(calling.balanceOf(address(thief)), 1_000 ether, "exactly the own coins");
    }

    function test_threat09_drop_cannotBeWithdrawnBeforeItArrives() external {
        (, IContest contest, Reentrant thief) = _callbackContest();
        dropAs(BOB, contest, 1, 100 ether);
        thief.prepare(address(contest), abi.encodeCall(IContest.withdraw, (1, 10 ether)), "");
        thief.act(address(contest), abi.encodeCall(IContest.drop, (1, 10 ether)));
        assertEq(bytes32(bytes4(thief.answer())), bytes32(IContest.Coins_Nested.selector), "refused");
        assertEq(contest.tallyOf(1).weight, 110 ether, "one drop");
    }

    function test_threat09_drop_cannotCountOneArrivalTwice() external {
        (CallbackCoin calling, IContest contest, Reentrant thief) = _callbackContest();
        bytes[7] memory nested = [
            abi.encodeCall(IContest.drop, (2, 10 ether)),
            abi.encodeCall(IContest.fund, (10 ether)),
            abi.encodeCall(IContest.withdraw, (3, 1 ether)),
            abi.encodeCall(IContest.withdrawMany, (list(3))),
            abi.encodeCall(IContest.collect, ()),
            abi.encodeCall(IContest.carry, (_nobodysOrders())),
            abi.encodeCall(IContest.dropMany, (list(2), list(10 ether)))
        ];
        thief.act(address(contest), abi.encodeCall(IContest.drop, (3, 1 ether)));
        for (uint256 i = 0; i < nested.length; ++i) {
            thief.prepare(address(contest), nested[i], "");
            uint256 held = calling.balanceOf(address(contest));
            thief.act(address(contest), abi.encodeCall(IContest.drop, (1, 10 ether)));
            assertTrue(!thief.reentered(), "refused");
            // Without a credit `collect` has its own reason; the doors themselves are what the others meet.
            bytes4 met = i == 4 ? IContest.Prizes_NothingOwed.selector : IContest.Coins_Nested.selector;
            assertEq(bytes32(bytes4(thief.answer())), bytes32(met), "reason");
            assertEq(calling.balanceOf(address(contest)), held + 10 ether, "the outer drop alone");
        }
    }

    /// @dev What is lost on the way in cannot be made up for by what is brought meanwhile.
    function test_threat09_drop_cannotMakeUpForWhatWasLost() external {
        LosingCoin losing = new LosingCoin();
        IContest contest = _contestWith(losing);
        Reentrant thief = new Reentrant();
        losing.mint(address(thief), 20 ether);
        thief.act(address(losing), abi.encodeCall(losing.approve, (address(contest), 20 ether)));
        losing.setLoser(address(thief));
        thief.prepare(address(contest), abi.encodeCall(IContest.drop, (2, 10 ether)), "");
        vm.expectRevert(abi.encodeWithSelector(IContest.Coins_Short.selector, 10 ether, 0));
        thief.act(address(contest), abi.encodeCall(IContest.drop, (1, 10 ether)));
    }

    function test_threat09_collect_cannotBeRepeatedFromACallback() external {
        CallbackCoin calling = new CallbackCoin();
        IContest contest = _contestWith(calling);
        Reentrant author = new Reentrant();
        vm.warp(ENTRIES_OPEN);
        calling.mint(address(author), BOND);
        author.act(address(calling), abi.encodeCall(calling.approve, (address(contest), BOND)));
        author.act(address(contest), abi.encodeCall(IContest.submit, (entryInput(), DECLARATION)));
        author.act(address(contest), abi.encodeCall(IContest.retract, (4)));
        author.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
        author.prepare(address(contest), abi.encodeCall(IContest.collect, ()), "");
        author.act(address(contest), abi.encodeCall(IContest.collect, ()));
        assertTrue(!author.reentered(), "refused");
        assertEq(calling.balanceOf(address(author)), 9 ether, "once");
    }

    /// @dev Burning sends coins too: done while others arrive, it would be mistaken for a part of them that is missing.
    function test_threat09_retract_failsWhileABondArrives() external {
        CallbackCoin calling = new CallbackCoin();
        IContest contest = _contestWith(calling);
        Reentrant author = new Reentrant();
        bytes memory submit = abi.encodeCall(IContest.submit, (entryInput(), DECLARATION));
        vm.warp(ENTRIES_OPEN);
        calling.mint(address(author), 2 * BOND);
        author.act(address(calling), abi.encodeCall(calling.approve, (address(contest), 2 * BOND)));
        author.act(address(contest), submit);
        author.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
        author.prepare(address(contest), abi.encodeCall(IContest.retract, (4)), "");
        author.act(address(contest), submit);
        assertTrue(!author.reentered(), "refused");
        assertEq(bytes32(bytes4(author.answer())), bytes32(IContest.Coins_Nested.selector), "reason");
        assertEq(contest.liveCount(), 5, "still live, and the new one too");
        assertEq(calling.balanceOf(address(contest)), 50 ether, "five bonds");
        author.act(address(contest), abi.encodeCall(IContest.retract, (4)));
        assertEq(calling.balanceOf(address(contest)), 49 ether, "a tenth burned, now that nothing arrives");
    }

    function test_threat09_claimAndReclaim_cannotBeRepeatedFromACallback() external {
        (CallbackCoin calling, IContest contest, Reentrant thief) = _callbackContest();
        thief.act(address(contest), abi.encodeCall(IContest.fund, (10 ether)));
        vm.warp(VOTES_CLOSE);
        contest.count(10);
        contest.finalize();
        thief.prepare(address(contest), abi.encodeCall(IContest.reclaim, ()), "");
        thief.act(address(contest), abi.encodeCall(IContest.reclaim, ()));
        assertTrue(!thief.reentered(), "refused");
        assertEq(calling.balanceOf(address(thief)), 1_000 ether, "once");
    }

    /// @dev What others read while coins are on their way is what is true after them.
    function test_threat34_views_areCompleteInTheMiddleOfACall() external {
        (, IContest contest, Reentrant reader) = _callbackContest();
        reader.act(address(contest), abi.encodeCall(IContest.drop, (1, 10 ether)));
        reader.prepare(address(contest), "", abi.encodeCall(IContest.stakeOf, (address(reader), 1)));
        reader.act(address(contest), abi.encodeCall(IContest.withdraw, (1, 4 ether)));
        (uint256 stake, uint256 weight) = abi.decode(reader.seen(), (uint256, uint256));
        assertEq(stake, 6 ether, "stake");
        assertEq(weight, 6 ether, "weight");
        reader.prepare(address(contest), "", abi.encodeCall(IContest.scoreOf, (1)));
        reader.act(address(contest), abi.encodeCall(IContest.withdraw, (1, 6 ether)));
        assertEq(abi.decode(reader.seen(), (uint256)), 0, "score");
    }

    /* INTERNALS */

    /// @dev An order that nobody signed.
    function _nobodysOrders() private pure returns (Order[] memory orders) {
        orders = new Order[](1);
        orders[0].deadline = type(uint256).max;
    }

    function _callbackContest() private returns (CallbackCoin calling, IContest contest, Reentrant actor) {
        calling = new CallbackCoin();
        contest = _contestWith(calling);
        actor = new Reentrant();
        calling.mint(address(actor), 1_000 ether);
        actor.act(address(calling), abi.encodeCall(calling.approve, (address(contest), type(uint256).max)));
        actor.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
    }

    /// @dev An open contest in that coin with three entries, at the moment voting opens; ALICE and BOB have coins.
    function _contestWith(TestCoin token) private returns (IContest contest) {
        Rules memory rules = openRules();
        rules.coin = address(token);
        rules.prizeToken = address(token);
        vm.warp(ENTRIES_OPEN);
        contest = createContest(rules);
        token.mint(AUTHOR, 3 * BOND);
        vm.prank(AUTHOR);
        (bool allowed, ) = address(token).call(abi.encodeCall(token.approve, (address(contest), 3 * BOND)));
        assertTrue(allowed, "approve");
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory call_ = abi.encodeCall(IContest.submit, (entryInput(), DECLARATION));
            vm.prank(AUTHOR);
            (bool success, ) = address(contest).call(call_);
            assertTrue(success, "submit");
        }
        address[2] memory voters = [ALICE, BOB];
        for (uint256 i = 0; i < 2; ++i) {
            token.mint(voters[i], 1_000 ether);
            vm.prank(voters[i]);
            (bool approved, ) = address(token).call(
                abi.encodeCall(token.approve, (address(contest), type(uint256).max))
            );
            assertTrue(approved, "approve");
        }
        vm.warp(VOTES_OPEN);
    }
}
