// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus, IContest, Order, OrderKind, Phase, Rules} from "../../contracts/interfaces/IContest.sol";
import {ContestFixture} from "../support/ContestFixture.sol";
import {CallbackCoin, FeeCoin} from "../support/HostileCoins.sol";
import {TestCoin} from "../support/TestCoin.sol";
import {HostileWallet, OwnedWallet, ScreamingWallet, YesWallet} from "../support/TestWallets.sol";
import {Vm} from "../support/Vm.sol";

/// @notice What voters sign and others carry.
contract OrdersTest is ContestFixture {
    uint256 private constant DORA_KEY = 0xD08A;
    uint256 private constant ERIC_KEY = 0xE81C;
    address private constant CARRIER = address(0xCA881E8);
    uint256 private constant LATE = type(uint256).max;
    /// @dev Order of the curve that keys live on. Source: SEC 2, secp256k1.
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    /// @dev What each order needs to be left, by the contract's own account. Source: 500,000 · 64 / 63 + 5,000.
    uint256 private constant GAS_NEEDED = 512_936;

    address private dora;
    address private eric;

    function setUp() public override {
        super.setUp();
        (dora, eric) = (vm.addr(DORA_KEY), vm.addr(ERIC_KEY));
        equip(dora, 1_000 ether);
        equip(eric, 1_000 ether);
        bindTo(personal, dora);
    }

    /* WHAT AN ORDER DOES */

    function test_carry_dropsAndWithdrawsForTheVoter() external {
        vm.expectEmit(address(open));
        emit IContest.StakeChanged(dora, 1, 5 ether, 5 ether, 5 ether, VOTES_OPEN);
        _carry(open, _drop(open, DORA_KEY, 1, 5 ether, 0));
        assertEq(stakeIn(open, dora, 1), 5 ether, "staked");
        assertEq(coin.balanceOf(dora), 995 ether, "the voter's own coins");
        _carry(open, _withdraw(open, DORA_KEY, 1, 2 ether, 1));
        assertEq(stakeIn(open, dora, 1), 3 ether, "taken back");
        assertEq(coin.balanceOf(dora), 997 ether, "to the voter");
        assertEq(coin.balanceOf(CARRIER), 0, "and to nobody else");
        assertEq(open.noncesOf(dora, 1), 3, "both nonces are spent");
    }

    function test_carry_mixesKindsVotersAndEntries() external {
        dropAs(dora, open, 1, 10 ether);
        Order[] memory orders = new Order[](4);
        orders[0] = _drop(open, ERIC_KEY, 2, 7 ether, 5);
        orders[1] = _withdraw(open, DORA_KEY, 1, 10 ether, 111);
        orders[2] = _drop(open, DORA_KEY, 3, 1 ether, 0);
        orders[3] = _drop(open, DORA_KEY, 1, 4 ether, 0);
        vm.prank(CARRIER);
        open.carry(orders);
        assertEq(stakeIn(open, eric, 2), 7 ether, "Eric on 2");
        assertEq(stakeIn(open, dora, 1), 4 ether, "Dora on 1");
        assertEq(stakeIn(open, dora, 3), 1 ether, "Dora on 3");
        assertEq(open.noncesOf(dora, 1), (1 << 111) | 1, "nonces of an entry are its own");
        assertEq(open.noncesOf(dora, 3), 1, "of another entry");
    }

    function test_carry_countsAPersonAsADropWould() external {
        _carry(personal, _drop(personal, DORA_KEY, 1, 4 ether, 0));
        assertEq(weightIn(personal, dora, 1), 2e9, "root of 4e18");
        _carry(personal, _drop(personal, ERIC_KEY, 1, 4 ether, 0));
        assertEq(weightIn(personal, eric, 1), 0, "support");
    }

    function test_carry_withdrawsInEveryPhaseAndFromRemovedEntries() external {
        dropAs(dora, open, 1, 10 ether);
        vm.warp(VOTES_CLOSE);
        _carry(open, _withdraw(open, DORA_KEY, 1, 4 ether, 0));
        open.count(10);
        open.finalize();
        vm.warp(VOTES_CLOSE + 3_650 days);
        _carry(open, _withdraw(open, DORA_KEY, 1, 6 ether, 1));
        assertEq(coin.balanceOf(dora), 1_000 ether, "all back");
    }

    function test_carry_failsIfEmpty() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Ballots_BadLists.selector, 0, 0));
        open.carry(new Order[](0));
    }

    function test_carryOne_isForTheContestAlone() external {
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        vm.expectRevert(abi.encodeWithSelector(IContest.Orders_NotItself.selector, address(this)));
        open.carryOne(order, address(coin), 0);
    }

    /* ONE BAD ORDER */

    function test_carry_skipsWhatFailsAndCarriesTheRest() external {
        Order[] memory orders = new Order[](9);
        orders[0] = _drop(open, DORA_KEY, 1, 1 ether, 0);
        orders[1] = _drop(open, DORA_KEY, 1, 1 ether, 0);
        orders[2] = _drop(open, DORA_KEY, 1, 0, 1);
        orders[3] = _drop(open, DORA_KEY, 9, 1 ether, 1);
        orders[4] = _drop(open, DORA_KEY, 1, 1_000 ether, 1);
        orders[5] = _withdraw(open, DORA_KEY, 1, 2 ether, 1);
        orders[6] = _drop(open, DORA_KEY, 1, 1 ether, 112);
        orders[7] = _sign(open, DORA_KEY, OrderKind.Drop, 1, 1 ether, 1, VOTES_OPEN - 1);
        orders[8] = _drop(open, ERIC_KEY, 1, 2 ether, 0);
        vm.recordLogs();
        vm.prank(CARRIER);
        open.carry(orders);
        bytes[] memory reasons = new bytes[](7);
        reasons[0] = abi.encodeWithSelector(IContest.Orders_NonceSpent.selector, 0);
        reasons[1] = abi.encodeWithSelector(IContest.Ballots_NoAmount.selector);
        reasons[2] = abi.encodeWithSelector(IContest.Entries_NotLive.selector, 9, EntryStatus.None);
        reasons[3] = abi.encodeWithSignature(
            "ERC20InsufficientBalance(address,uint256,uint256)",
            dora,
            999 ether,
            1_000 ether
        );
        reasons[4] = abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 1 ether, 2 ether);
        reasons[5] = abi.encodeWithSelector(IContest.Orders_BadNonce.selector, 112);
        reasons[6] = abi.encodeWithSelector(IContest.Orders_Expired.selector, VOTES_OPEN - 1);
        _assertSkipped(reasons);
        assertEq(stakeIn(open, dora, 1), 1 ether, "the good one");
        assertEq(stakeIn(open, eric, 1), 2 ether, "and the one after the bad ones");
        assertEq(open.noncesOf(dora, 1), 1, "what failed spent no nonce");
    }

    function test_carry_tellsWhoseOrderItSkipped() external {
        Order memory order = _drop(open, DORA_KEY, 9, 1 ether, 4);
        bytes memory reason = abi.encodeWithSelector(IContest.Entries_NotLive.selector, 9, EntryStatus.None);
        vm.expectEmit(address(open));
        emit IContest.OrderSkipped(dora, 9, 4, reason);
        open.carry(_one(order));
    }

    function test_carry_skipsDropsOutsideVoting() external {
        vm.warp(VOTES_CLOSE);
        _assertSkips(
            open,
            _drop(open, DORA_KEY, 1, 1 ether, 0),
            abi.encodeWithSelector(IContest.Contest_WrongPhase.selector, Phase.Counting)
        );
        assertEq(open.noncesOf(dora, 1), 0, "nonce");
    }

    function test_carry_acceptsAnOrderUntilItsDeadline() external {
        _carry(open, _sign(open, DORA_KEY, OrderKind.Drop, 1, 1 ether, 0, VOTES_OPEN));
        assertEq(stakeIn(open, dora, 1), 1 ether, "in its last second");
    }

    /* REPLAY */

    function test_threat20_replay_sameContest() external {
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 7);
        _carry(open, order);
        bytes memory spent = abi.encodeWithSelector(IContest.Orders_NonceSpent.selector, 7);
        _assertSkips(open, order, spent);
        withdrawAs(dora, open, 1, 1 ether);
        assertEq(stakeIn(open, dora, 1), 0, "empty again");
        _assertSkips(open, order, spent);
        _assertSkips(
            open,
            _withdraw(open, DORA_KEY, 1, 1 ether, 7),
            abi.encodeWithSelector(IContest.Ballots_Insufficient.selector, 0, 1 ether)
        );
        assertEq(coin.balanceOf(dora), 1_000 ether, "nothing moved");
    }

    function test_threat20_replay_kindsShareTheirNonces() external {
        _carry(open, _drop(open, DORA_KEY, 1, 2 ether, 3));
        _assertSkips(
            open,
            _withdraw(open, DORA_KEY, 1, 1 ether, 3),
            abi.encodeWithSelector(IContest.Orders_NonceSpent.selector, 3)
        );
    }

    function test_threat20_replay_otherContest() external {
        IContest other = createContest(openRulesLater());
        allow(dora, address(other));
        vm.warp(ENTRIES_OPEN + 200 days);
        submitTo(other, AUTHOR);
        vm.warp(VOTES_OPEN + 200 days);
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        _assertSkips(other, order, _badSignature(dora));
        order = _drop(other, DORA_KEY, 1, 1 ether, 0);
        _carry(other, order);
        assertEq(stakeIn(other, dora, 1), 1 ether, "its own");
    }

    /// @dev Whatever a domain says of the contract, an order signed under it works in one contest at most.
    function test_threat20_replay_noSignatureServesTwoContests() external {
        IContest other = createContest(openRulesLater());
        allow(dora, address(other));
        vm.warp(ENTRIES_OPEN + 200 days);
        submitTo(other, AUTHOR);
        address[3] memory named = [address(0), factory.implementation(), address(open)];
        for (uint256 i = 0; i < named.length; ++i) {
            Order memory order = _drop(IContest(named[i]), DORA_KEY, 1, 1 ether, i);
            vm.warp(VOTES_OPEN);
            vm.prank(CARRIER);
            open.carry(_one(order));
            vm.warp(VOTES_OPEN + 200 days);
            vm.prank(CARRIER);
            other.carry(_one(order));
        }
        assertEq(stakeIn(other, dora, 1), 0, "nothing in the other");
        assertEq(stakeIn(open, dora, 1), 1 ether, "its own");
    }

    function test_threat20_replay_otherChainOrAfterAFork() external {
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        vm.chainId(10);
        _assertSkips(open, order, _badSignature(dora));
        vm.chainId(31_337);
        _carry(open, order);
        assertEq(stakeIn(open, dora, 1), 1 ether, "at home");
    }

    function test_threat20_highS_isRefused() external {
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        (bytes32 r, bytes32 s, uint8 v) = _split(order.signature);
        order.signature = abi.encodePacked(r, bytes32(CURVE_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _assertSkips(open, order, _badSignature(dora));
    }

    function testFuzz_threat20_forgery_isRefused(uint8 field, uint256 change) external {
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        change = bound(change, 1, type(uint64).max);
        field = uint8(bound(field, 0, 5));
        if (field == 0) order.kind = OrderKind.Withdraw;
        if (field == 1) order.voter = eric;
        if (field == 2) order.entryId = 2;
        if (field == 3) order.amount += change;
        if (field == 4) order.nonce = bound(change, 1, 111);
        if (field == 5) order.deadline -= change;
        _assertSkips(open, order, _badSignature(order.voter));
        assertEq(stakeIn(open, dora, 1) + stakeIn(open, dora, 2) + stakeIn(open, eric, 1), 0, "nothing staked");
    }

    function test_threat20_signatureOfNobody_isRefused() external {
        Order memory order = Order(OrderKind.Drop, address(0), 1, 1 ether, 0, LATE, new bytes(65));
        _assertSkips(open, order, _badSignature(address(0)));
        order.voter = ALICE;
        order.signature = "";
        _assertSkips(open, order, _badSignature(ALICE));
    }

    /* NONCES */

    function test_cancel_spendsNonces() external {
        vm.expectEmit(address(open));
        emit IContest.OrdersCancelled(dora, 1, 5);
        vm.prank(dora);
        open.cancel(1, 5);
        _assertSkips(
            open,
            _drop(open, DORA_KEY, 1, 1 ether, 0),
            abi.encodeWithSelector(IContest.Orders_NonceSpent.selector, 0)
        );
        _carry(open, _drop(open, DORA_KEY, 1, 1 ether, 1));
        vm.prank(dora);
        open.cancel(1, 1 << 111);
        assertEq(open.noncesOf(dora, 1), 7 | (1 << 111), "all of them");
        assertEq(stakeIn(open, dora, 1), 1 ether, "the stake stays");
        assertEq(open.noncesOf(eric, 1), 0, "nobody else's");
    }

    function test_cancel_keepsAPersonsWeight() external {
        dropAs(dora, personal, 1, 4 ether);
        vm.prank(dora);
        personal.cancel(1, 1);
        assertEq(weightIn(personal, dora, 1), 2e9, "weight");
        assertEq(stakeIn(personal, dora, 1), 4 ether, "stake");
    }

    function test_cancel_failsIfMaskIsBad() external {
        vm.expectRevert(abi.encodeWithSelector(IContest.Orders_BadMask.selector, 0));
        open.cancel(1, 0);
        vm.expectRevert(abi.encodeWithSelector(IContest.Orders_BadMask.selector, 1 << 112));
        open.cancel(1, 1 << 112);
    }

    function testFuzz_nonces_outliveStakesAndKeepToThemselves(uint256 mask, uint96 amount) external {
        mask = bound(mask, 1, (1 << 112) - 2) & ~uint256(1);
        vm.assume(mask != 0);
        uint256 stake = bound(amount, 1, 10 ether);
        vm.prank(dora);
        personal.cancel(2, mask);
        dropAs(dora, personal, 2, stake);
        _carry(personal, _withdraw(personal, DORA_KEY, 2, stake, 0));
        assertEq(personal.noncesOf(dora, 2), mask | 1, "survive");
        assertEq(stakeIn(personal, dora, 2), 0, "stake");
        assertEq(weightIn(personal, dora, 2), 0, "weight");
    }

    /* WALLETS */

    function test_threat22_contractWalletSigns() external {
        OwnedWallet wallet = new OwnedWallet(dora);
        coin.mint(address(wallet), 10 ether);
        wallet.act(address(coin), abi.encodeCall(coin.approve, (address(open), 10 ether)));
        Order memory order = _drop(open, DORA_KEY, 1, 4 ether, 0);
        order.voter = address(wallet);
        order.signature = _signature(open, DORA_KEY, order);
        _carry(open, order);
        assertEq(stakeIn(open, address(wallet), 1), 4 ether, "staked");
        order.nonce = 1;
        order.signature = _signature(open, ERIC_KEY, order);
        _assertSkips(open, order, _badSignature(address(wallet)));
    }

    function test_threat22_delegatedAccountStillSignsWithItsKey() external {
        // EIP-7702 leaves 0xef0100 and an address as the account's code; what the code says does not matter here.
        HostileWallet says = new HostileWallet(HostileWallet.Way.SaysNo);
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        vm.etch(dora, address(says).code);
        _carry(open, order);
        assertEq(stakeIn(open, dora, 1), 1 ether, "by its key");
    }

    function test_threat22_undeployedWalletIsToldToDeploy() external {
        bytes32 suffix = 0x6492649264926492649264926492649264926492649264926492649264926492;
        Order memory order = _drop(open, DORA_KEY, 1, 1 ether, 0);
        order.voter = address(0xF00);
        order.signature = abi.encodePacked(order.signature, suffix);
        _assertSkips(open, order, abi.encodeWithSelector(IContest.Orders_NotDeployed.selector, address(0xF00)));
    }

    function testFuzz_threat35_hostileWallet_costsOnlyItsOrder(uint8 way) external {
        HostileWallet wallet = new HostileWallet(HostileWallet.Way(bound(way, 0, 4)));
        Order[] memory orders = new Order[](2);
        orders[0] = _drop(open, ERIC_KEY, 1, 1 ether, 0);
        orders[0].voter = address(wallet);
        orders[1] = _drop(open, DORA_KEY, 1, 1 ether, 0);
        uint256 before = gasleft();
        vm.prank(CARRIER);
        open.carry{gas: 2_000_000}(orders);
        assertTrue(before - gasleft() < 900_000, "bounded");
        assertEq(stakeIn(open, address(wallet), 1), 0, "nothing for it");
        assertEq(stakeIn(open, dora, 1), 1 ether, "the other one is carried");
    }

    function test_walletWithoutAnAnswer_isABadSignature() external {
        address[3] memory voters = [
            address(new HostileWallet(HostileWallet.Way.ReturnsNothing)),
            address(new HostileWallet(HostileWallet.Way.ReturnsALot)),
            address(coin)
        ];
        for (uint256 i = 0; i < voters.length; ++i) {
            Order memory order = _drop(open, ERIC_KEY, 1, 1 ether, 0);
            order.voter = voters[i];
            _assertSkips(open, order, _badSignature(voters[i]));
        }
    }

    function test_carry_tellsReasonsUpTo256Bytes() external {
        CallbackCoin calling = new CallbackCoin();
        IContest contest = _contestIn(calling);
        uint256[3] memory lengths = [uint256(256), 257, 200_000];
        for (uint256 i = 0; i < 3; ++i) {
            ScreamingWallet loud = new ScreamingWallet(lengths[i]);
            calling.mint(address(loud), 1 ether);
            loud.prepare(calling, address(contest));
            Order memory order = Order(OrderKind.Drop, address(loud), 1, 1 ether, 0, LATE, "");
            _assertSkips(contest, order, i == 0 ? new bytes(256) : bytes(""));
            assertEq(calling.balanceOf(address(loud)), 1 ether, "nothing moved");
        }
    }

    function test_carry_longReasonsCostTheCarrierNothing() external {
        CallbackCoin calling = new CallbackCoin();
        IContest contest = _contestIn(calling);
        ScreamingWallet loud = new ScreamingWallet(200_000);
        calling.mint(address(loud), 100 ether);
        loud.prepare(calling, address(contest));
        Order[] memory orders = new Order[](16);
        for (uint256 i = 0; i < 15; ++i) orders[i] = Order(OrderKind.Drop, address(loud), 1, 1 ether, i, LATE, "");
        orders[15] = _drop(contest, DORA_KEY, 1, 1 ether, 0);
        calling.mint(dora, 1 ether);
        vm.prank(dora);
        calling.approve(address(contest), 1 ether);
        vm.prank(CARRIER);
        contest.carry{gas: 8_000_000}(orders);
        assertEq(stakeIn(contest, dora, 1), 1 ether, "the good one");
        assertEq(stakeIn(contest, address(loud), 1), 0, "the loud ones");
    }

    /* GAS */

    function testFuzz_underGassing_spendsNoNonceAndSkipsNothing(uint256 gas_) external {
        Order[] memory orders = _one(_drop(open, DORA_KEY, 1, 1 ether, 0));
        gas_ = bound(gas_, 30_000, 900_000);
        vm.recordLogs();
        vm.prank(CARRIER);
        (bool success, ) = address(open).call{gas: gas_}(abi.encodeCall(IContest.carry, (orders)));
        assertEq(stakeIn(open, dora, 1), success ? 1 ether : 0, "all or nothing");
        assertEq(open.noncesOf(dora, 1), success ? 1 : 0, "nonce");
        _assertSkipped(new bytes[](0));
    }

    function test_carry_failsWholeIfGasRunsLow() external {
        Order[] memory orders = _one(_drop(open, DORA_KEY, 1, 1 ether, 0));
        vm.expectPartialRevert(IContest.Orders_TooLittleGas.selector);
        open.carry{gas: GAS_NEEDED}(orders);
    }

    /* CAPS */

    function test_threat29_capsHoldForOrders() external {
        Order[] memory orders = new Order[](3);
        orders[0] = _drop(personal, DORA_KEY, 1, 6 ether, 0);
        orders[1] = _drop(personal, DORA_KEY, 1, 4 ether + 1, 1);
        orders[2] = _drop(personal, DORA_KEY, 1, 4 ether, 2);
        vm.recordLogs();
        personal.carry(orders);
        bytes[] memory reasons = new bytes[](1);
        reasons[0] = abi.encodeWithSelector(IContest.Ballots_OverCap.selector, ENTRY_CAP, 10 ether + 1);
        _assertSkipped(reasons);
        assertEq(stakeIn(personal, dora, 1), 10 ether, "up to the cap");
        (, uint256 counted, ) = personal.personOf(dora);
        assertEq(counted, 10 ether, "counted");
    }

    /* COINS */

    function test_threat07_feeCoin_failsTheWholeBatch() external {
        FeeCoin fee = new FeeCoin();
        IContest contest = _contestIn(fee);
        fee.mint(dora, 10 ether);
        vm.prank(dora);
        fee.approve(address(contest), 10 ether);
        fee.setTaking(true);
        Order[] memory orders = _one(_drop(contest, DORA_KEY, 1, 1 ether, 0));
        vm.expectPartialRevert(IContest.Coins_Short.selector);
        contest.carry(orders);
    }

    function test_carry_strayDonationBreaksNothing() external {
        coin.mint(address(open), 5 ether);
        _carry(open, _drop(open, DORA_KEY, 1, 1 ether, 0));
        coin.mint(address(open), 5 ether);
        _carry(open, _withdraw(open, DORA_KEY, 1, 1 ether, 1));
        assertEq(coin.balanceOf(dora), 1_000 ether, "exactly back");
        assertEq(coin.balanceOf(address(open)), 3 * BOND + 10 ether, "nobody's stay");
    }

    function test_threat09_callbackInABatch_findsEveryDoorShut() external {
        CallbackCoin calling = new CallbackCoin();
        IContest contest = _contestIn(calling);
        YesWallet thief = new YesWallet();
        calling.mint(address(thief), 100 ether);
        thief.act(address(calling), abi.encodeCall(calling.approve, (address(contest), type(uint256).max)));
        thief.act(address(contest), abi.encodeCall(IContest.drop, (1, 50 ether)));
        thief.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
        dropAs(ALICE, contest, 1, 50 ether);
        bytes[4] memory doors = [
            abi.encodeCall(IContest.withdraw, (1, 50 ether)),
            abi.encodeCall(IContest.drop, (1, 1 ether)),
            abi.encodeCall(IContest.withdrawMany, (list(1))),
            abi.encodeCall(IContest.carry, (_one(Order(OrderKind.Withdraw, address(thief), 1, 1 ether, 100, LATE, ""))))
        ];
        for (uint256 i = 0; i < doors.length; ++i) {
            thief.prepare(address(contest), doors[i], "");
            uint256 held = calling.balanceOf(address(contest));
            _carry(contest, Order(OrderKind.Drop, address(thief), 1, 1 ether, i, LATE, ""));
            assertEq(bytes32(bytes4(thief.answer())), bytes32(IContest.Coins_Nested.selector), "shut");
            assertEq(calling.balanceOf(address(contest)), held + 1 ether, "one arrival");
        }
    }

    /* HANDS */

    function openRulesLater() private view returns (Rules memory rules) {
        rules = openRules();
        rules.entriesOpen += 200 days;
        rules.votesOpen += 200 days;
        rules.countFrom += 200 days;
        rules.votesClose += 200 days;
    }

    /// @dev An open contest in that coin with one entry, at the moment voting opens.
    function _contestIn(TestCoin token) private returns (IContest contest) {
        Rules memory rules = openRules();
        rules.coin = address(token);
        rules.prizeToken = address(token);
        vm.warp(ENTRIES_OPEN);
        contest = createContest(rules);
        token.mint(AUTHOR, BOND);
        token.mint(ALICE, 100 ether);
        vm.prank(AUTHOR);
        token.approve(address(contest), BOND);
        vm.prank(ALICE);
        token.approve(address(contest), 100 ether);
        vm.prank(AUTHOR);
        contest.submit(entryInput(), DECLARATION);
        vm.warp(VOTES_OPEN);
    }

    function _carry(IContest contest, Order memory order) private {
        vm.recordLogs();
        vm.prank(CARRIER);
        contest.carry(_one(order));
        _assertSkipped(new bytes[](0));
    }

    function _assertSkips(IContest contest, Order memory order, bytes memory reason) private {
        vm.recordLogs();
        vm.prank(CARRIER);
        contest.carry(_one(order));
        bytes[] memory reasons = new bytes[](1);
        reasons[0] = reason;
        _assertSkipped(reasons);
    }

    /// @dev The recorded logs hold exactly these skips, in this order.
    function _assertSkipped(bytes[] memory reasons) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 seen = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IContest.OrderSkipped.selector) continue;
            assertTrue(seen < reasons.length, "one skip too many");
            (, bytes memory reason) = abi.decode(logs[i].data, (uint256, bytes));
            assertEq(keccak256(reason), keccak256(reasons[seen]), vm.toString(seen));
            ++seen;
        }
        assertEq(seen, reasons.length, "skips");
    }

    function _badSignature(address voter) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IContest.Orders_BadSignature.selector, voter);
    }

    function _one(Order memory order) private pure returns (Order[] memory orders) {
        orders = new Order[](1);
        orders[0] = order;
    }

    function _drop(
        IContest contest,
        uint256 key,
        uint256 entryId,
        uint256 amount,
        uint256 nonce
    ) private pure returns (Order memory) {
        return _sign(contest, key, OrderKind.Drop, entryId, amount, nonce, LATE);
    }

    function _withdraw(
        IContest contest,
        uint256 key,
        uint256 entryId,
        uint256 amount,
        uint256 nonce
    ) private pure returns (Order memory) {
        return _sign(contest, key, OrderKind.Withdraw, entryId, amount, nonce, LATE);
    }

    function _sign(
        IContest contest,
        uint256 key,
        OrderKind kind,
        uint256 entryId,
        uint256 amount,
        uint256 nonce,
        uint256 deadline
    ) private pure returns (Order memory order) {
        order = Order(kind, vm.addr(key), entryId, amount, nonce, deadline, "");
        order.signature = _signature(contest, key, order);
    }

    /// @dev Written out from EIP-712, not taken from the contract. 31,337 is the chain that tests run on.
    function _signature(IContest contest, uint256 key, Order memory order) private pure returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Coindrop"),
                keccak256("1"),
                uint256(31_337),
                address(contest)
            )
        );
        bytes32 orderType = keccak256(
            bytes(
                order.kind == OrderKind.Drop
                    ? "Drop(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)"
                    : "Withdraw(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)"
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(orderType, order.voter, order.entryId, order.amount, order.nonce, order.deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
