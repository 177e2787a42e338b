// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Attestation, EntryHashes, INodeRegistry} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockTree} from "../support/BlockTree.sol";
import {BlockingCoin, CallbackCoin, FalseCoin, FeeCoin, LyingCoin, Reentrant} from "../support/HostileCoins.sol";
import {LosingCoin, SilentCoin, StrictCoin} from "../support/HostileCoins.sol";
import {NodeFixture} from "../support/NodeFixture.sol";
import {TestCoin} from "../support/TestCoin.sol";

/// @notice Coins and accounts that refuse, lie and call back: nothing of it shields a liar or locks a stake.
contract NodeHostileCoinsTest is NodeFixture {
    /* A COIN THAT REFUSES 0x…dEaD */

    function test_threat35_slash_standsIfTheCoinCannotBeBurned() external {
        BlockingCoin blocking = _blockingRegistry();
        blocking.setBlocked(DEAD, false);
        vm.prank(CAROL);
        _slash();
        assertEq(stakeOfNode(), 0, "slashed all the same");
        assertEq(registry.unburned(), 225 ether, "waits");
        vm.prank(CAROL);
        registry.collect();
        assertEq(blocking.balanceOf(CAROL), 25 ether, "the reward does not wait");

        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotPaid.selector, DEAD));
        registry.burn();
        blocking.setBlocked(address(0), false);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Burned(225 ether);
        registry.burn();
        assertEq(blocking.balanceOf(DEAD), 225 ether, "burned by anyone");
        assertEq(registry.unburned(), 0, "nothing waits");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingOwed.selector, DEAD));
        registry.burn();
    }

    /// @dev With so little gas a 64th of it would not be enough for what must be kept.
    function test_threat35_slash_standsIfBurningEatsAllGas() external {
        BlockingCoin blocking = _blockingRegistry();
        blocking.setBlocked(DEAD, true);
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        registry.slashAttestation{gas: 1_000_000}(lie, signature, hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "slashed");
        assertEq(registry.unburned(), 225 ether, "waits");
    }

    function test_threat35_slash_standsIfTheCoinReturnsFalse() external {
        FalseCoin coin_ = new FalseCoin();
        registry = registryWith(coin_);
        registerNode(250 ether);
        coin_.setRefusing(true);
        _slash();
        assertEq(registry.unburned(), 225 ether, "waits");
        coin_.setRefusing(false);
        registry.burn();
        assertEq(coin_.balanceOf(DEAD), 225 ether, "burned");
    }

    function test_expireBlock_standsIfTheCoinCannotBeBurned() external {
        BlockingCoin blocking = _blockingRegistry();
        uint256 id = challengeFile(0);
        blocking.setBlocked(DEAD, false);
        vm.warp(VOTES_OPEN + 1 days);
        registry.expireBlock(id);
        assertEq(stakeOfNode(), 200 ether, "slashed");
        assertEq(registry.unburned(), 45 ether, "waits");
        assertEq(registry.creditOf(BOB, address(0)), 0.005 ether, "bond back");

        // The next slash that can be burned takes along what waits.
        blocking.setBlocked(address(0), false);
        _slash();
        assertEq(blocking.balanceOf(DEAD), 45 ether + 180 ether, "both");
    }

    /// @dev A coin that refuses to move nothing is never asked to.
    function test_expireBlock_movesNothingWhenNothingIsLost() external {
        StrictCoin strict = new StrictCoin();
        registry = registryWith(strict);
        registerNode(250 ether);
        uint256 id = challengeFile(0);
        _slash();
        vm.warp(VOTES_OPEN + 1 days);
        registry.expireBlock(id);
        vm.prank(BOB);
        registry.collect();
        assertEq(BOB.balance, 0.005 ether, "only the bond");
    }

    /* ACCOUNTS THAT CANNOT BE PAID */

    /// @dev Else a stranger could challenge such a node, carry the answer, and lock its stake with the bond.
    function test_collect_aForcedCreditCannotLockAStake() external {
        (Reentrant account, TestCoin token) = _contractNode(new TestCoin());
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        said.node = address(account);
        uint256 id = registry.challengeBlock{value: MIN_BOND}(said, signed(OTHER_KEY, said), fileHashes(), 0);
        registry.answerBlock(id, BlockTree.blockAt(file, 0), BlockTree.path(file, 0));
        assertEq(registry.creditOf(address(account), address(0)), MIN_BOND, "forced on it");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotPaid.selector, address(account)));
        account.act(address(registry), abi.encodeCall(registry.collect, ()));

        account.act(address(registry), abi.encodeCall(registry.leave, ()));
        vm.warp(VOTES_OPEN + 7 days);
        account.act(address(registry), abi.encodeCall(registry.collect, ()));
        assertEq(token.balanceOf(address(account)), 200 ether, "the stake");
        assertEq(registry.creditOf(address(account), address(0)), MIN_BOND, "what it cannot take waits");
    }

    function test_collect_aBlockedAccountStillGetsTheOtherCoin() external {
        BlockingCoin blocking = _blockingRegistry();
        vm.prank(BOB);
        _slash();
        vm.prank(NODE);
        registry.addStake(200 ether);
        uint256 id = challengeFile(0);
        vm.warp(VOTES_OPEN + 1 days);
        registry.expireBlock(id);
        blocking.setBlocked(BOB, false);
        vm.startPrank(BOB);
        registry.collect();
        assertEq(BOB.balance, 0.005 ether, "native");
        assertEq(registry.creditOf(BOB, address(blocking)), 25 ether + 4 ether, "coins wait");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotPaid.selector, BOB));
        registry.collect();
        vm.stopPrank();
        blocking.setBlocked(address(0), false);
        vm.prank(BOB);
        registry.collect();
        assertEq(blocking.balanceOf(BOB), 29 ether, "coins");
    }

    function test_collect_aBlockedNodeBlocksOnlyItself() external {
        BlockingCoin blocking = _blockingRegistry();
        vm.prank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 7 days);
        blocking.setBlocked(NODE, false);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotPaid.selector, NODE));
        vm.prank(NODE);
        registry.collect();
        assertEq(stakeOfNode(), 250 ether, "still its own, still answerable");
        vm.prank(CAROL);
        _slash();
        vm.prank(CAROL);
        registry.collect();
        assertEq(blocking.balanceOf(CAROL), 25 ether, "others are paid");
    }

    /* CALLS BACK */

    function test_threat09_collect_nativeCannotBeTakenTwice() external {
        registerNode(250 ether);
        Greedy greedy = new Greedy(registry);
        vm.deal(address(this), 1 ether);
        // Somebody else's bond lies in the registry as well.
        challengeFile(0);
        Attestation memory said = attestationOf(open, 1);
        greedy.challenge{value: 0.004 ether + MIN_BOND}(said, signed(KEY, said), hashesOf(open, 1));
        assertEq(registry.creditOf(address(greedy), address(0)), 0.004 ether, "credited");
        greedy.collect();
        assertTrue(greedy.called() && !greedy.reentered(), "refused");
        assertEq(address(greedy).balance, 0.004 ether, "once");
        assertEq(address(registry).balance, 2 * MIN_BOND, "the bonds stay");
    }

    /// @dev Taking coins out while others come in breaks the measurement.
    function test_addStake_cannotBePaidWithOnesOwnCredits() external {
        (Reentrant account, TestCoin token) = _contractNode(new CallbackCoin());
        CallbackCoin calling = CallbackCoin(address(token));
        registerAt(registry, 250 ether);
        Attestation memory lie = _lie();
        account.act(
            address(registry),
            abi.encodeCall(registry.slashAttestation, (lie, signed(KEY, lie), hashesOf(open, 2)))
        );
        assertEq(registry.creditOf(address(account), address(calling)), 25 ether, "credited");
        calling.mint(address(account), 25 ether);
        account.act(address(calling), abi.encodeCall(calling.approve, (address(registry), 25 ether)));
        account.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
        account.prepare(address(registry), abi.encodeCall(registry.collect, ()), "");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Short.selector, 25 ether, 0));
        account.act(address(registry), abi.encodeCall(registry.addStake, (25 ether)));
    }

    /// @dev What is lost on the way in cannot be made up for by what is brought meanwhile.
    function test_threat09_addStake_cannotCountOneArrivalTwice() external {
        (Reentrant account, TestCoin token) = _contractNode(new LosingCoin());
        token.mint(address(account), 20 ether);
        account.act(address(token), abi.encodeCall(token.approve, (address(registry), 20 ether)));
        LosingCoin(address(token)).setLoser(address(account));
        account.prepare(address(registry), abi.encodeCall(registry.addStake, (10 ether)), "");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Short.selector, 10 ether, 0));
        account.act(address(registry), abi.encodeCall(registry.addStake, (10 ether)));
        assertEq(registry.nodeOf(address(account)).stake, token.balanceOf(address(registry)), "every coin is there");
    }

    /* COINS THAT ARE NOT WHAT THEY SAY */

    function test_threat07_addStake_failsIfTheCoinTakesAFeeOrLies() external {
        FeeCoin fee = new FeeCoin();
        registry = registryWith(fee);
        registerNode(250 ether);
        fee.setTaking(true);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Short.selector, 100 ether, 99 ether));
        vm.prank(NODE);
        registry.addStake(100 ether);

        LyingCoin lying = new LyingCoin();
        registry = registryWith(lying);
        registerNode(250 ether);
        lying.setLying(true);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Short.selector, 100 ether, 0));
        vm.prank(NODE);
        registry.addStake(100 ether);
    }

    function test_registry_servesACoinThatReturnsNothing() external {
        SilentCoin silent = new SilentCoin();
        registry = deployRegistry(address(silent), MIN_STAKE, MIN_BOND);
        silent.mint(NODE, 250 ether);
        vm.prank(NODE);
        silent.approve(address(registry), 250 ether);
        registerNode(250 ether);
        vm.prank(CAROL);
        _slash();
        vm.prank(CAROL);
        registry.collect();
        assertEq(silent.balanceOf(CAROL), 25 ether, "reward");
        assertEq(silent.balanceOf(DEAD), 225 ether, "burned");
        assertEq(registry.unburned(), 0, "nothing waits");
    }

    /* INTERNALS */

    function _blockingRegistry() private returns (BlockingCoin blocking) {
        blocking = new BlockingCoin();
        registry = registryWith(blocking);
        registerNode(250 ether);
    }

    /// @dev A node that is a contract without a way to receive the chain's own coin, and signs with `OTHER_KEY`.
    function _contractNode(TestCoin token) private returns (Reentrant account, TestCoin) {
        registry = registryWith(token);
        account = new Reentrant();
        token.mint(address(account), 200 ether);
        account.act(address(token), abi.encodeCall(token.approve, (address(registry), 200 ether)));
        bytes memory proof = sign(OTHER_KEY, digestAt(registry, nodeKeyHash(address(account))));
        account.act(address(registry), abi.encodeCall(registry.register, (URL, vm.addr(OTHER_KEY), proof, 200 ether)));
        vm.deal(address(this), 1 ether);
        return (account, token);
    }

    function _lie() private view returns (Attestation memory said) {
        said = attestationOf(open, 2);
        said.modelRoot = "a smaller model";
    }

    /// @dev Keeps the caller's prank for the registry: signing and hashing call nothing but the test machine.
    function _slash() private {
        Attestation memory lie = _lie();
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
    }
}

/// @notice Calls `collect` again while it is being paid.
contract Greedy {
    INodeRegistry private immutable _registry;
    bool public called;
    bool public reentered;

    constructor(INodeRegistry registry) {
        _registry = registry;
    }

    function challenge(
        Attestation calldata said,
        bytes calldata signature,
        EntryHashes calldata hashes
    ) external payable {
        _registry.challengeBlock{value: msg.value}(said, signature, hashes, 0);
    }

    function collect() external {
        _registry.collect();
    }

    receive() external payable {
        _again();
    }

    function _again() private {
        called = true;
        (reentered, ) = address(_registry).call(abi.encodeCall(INodeRegistry.collect, ()));
    }
}
