// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Attestation, INodeRegistry, NodeView} from "../../contracts/interfaces/INodeRegistry.sol";
import {CallbackCoin, FeeCoin, Reentrant} from "../support/HostileCoins.sol";
import {NodeFixture} from "../support/NodeFixture.sol";

contract NodeRegistryTest is NodeFixture {
    /* REGISTER */

    function test_register_keepsAndTellsAll() external {
        address key = vm.addr(KEY);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeRegistered(NODE, URL, 250 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.KeyAdded(NODE, key);
        registerNode(250 ether);

        NodeView memory node = registry.nodeOf(NODE);
        assertEq(node.stake, 250 ether, "stake");
        assertEq(node.leavesAt, 0, "stays");
        assertTrue(node.active, "active");
        assertEq(keccak256(bytes(node.endpoint)), keccak256(bytes(URL)), "endpoint");
        assertEq(registry.nodeOfKey(key), NODE, "key");
        assertEq(coin.balanceOf(address(registry)), 250 ether, "stake came");
    }

    function test_register_failsIfTwice() external {
        registerNode(200 ether);
        bytes memory proof = _keyProof(OTHER_KEY, NODE);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Registered.selector, NODE));
        vm.prank(NODE);
        registry.register(URL, vm.addr(OTHER_KEY), proof, 200 ether);
    }

    function test_threat31_register_failsIfStakeOutOfBounds() external {
        bytes memory proof = _keyProof(KEY, NODE);
        vm.startPrank(NODE);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_StakeTooLow.selector, 200 ether - 1, 200 ether));
        registry.register(URL, vm.addr(KEY), proof, 200 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_StakeTooLarge.selector, 2 ** 96));
        registry.register(URL, vm.addr(KEY), proof, 2 ** 96);
    }

    function test_register_failsIfEndpointOutOfBounds() external {
        bytes memory proof = _keyProof(KEY, NODE);
        vm.startPrank(NODE);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEndpoint.selector, 0));
        registry.register("", vm.addr(KEY), proof, 200 ether);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEndpoint.selector, 257));
        registry.register(string(new bytes(257)), vm.addr(KEY), proof, 200 ether);
        registry.register(string(new bytes(256)), vm.addr(KEY), proof, 200 ether);
    }

    function test_register_failsIfCoinTakesAFee() external {
        FeeCoin fee = new FeeCoin();
        INodeRegistry other = registryWith(fee);
        fee.setTaking(true);
        bytes memory proof = sign(KEY, digestAt(other, nodeKeyHash(NODE)));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Short.selector, 200 ether, 198 ether));
        vm.prank(NODE);
        other.register(URL, vm.addr(KEY), proof, 200 ether);
    }

    /* KEYS */

    function test_threat32_addKey_failsIfKeyDidNotSign() external {
        registerNode(200 ether);
        address victim = vm.addr(OTHER_KEY);
        bytes memory forged = _keyProof(KEY, NODE);
        _badProof(victim, forged);
        _badProof(victim, _keyProof(OTHER_KEY, BOB));
        _badProof(victim, "");
        _badProof(victim, _otherDomainProof());
    }

    /// @dev The same signature mirrored on the curve would be a second proof of one consent.
    function test_addKey_failsIfSignatureHasHighS() external {
        registerNode(200 ether);
        _badProof(vm.addr(OTHER_KEY), mirrored(_keyProof(OTHER_KEY, NODE)));
    }

    function test_addKey_failsIfKeyTakenOrZero() external {
        registerNode(200 ether);
        address key = vm.addr(KEY);
        bytes memory proof = _keyProof(KEY, NODE);
        vm.startPrank(NODE);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_KeyTaken.selector, key, NODE));
        registry.addKey(key, proof);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_KeyTaken.selector, address(0), address(0)));
        registry.addKey(address(0), proof);
    }

    function test_addKey_keepsOldKeysAnswerable() external {
        registerNode(200 ether);
        bytes memory proof = _keyProof(OTHER_KEY, NODE);
        vm.prank(NODE);
        registry.addKey(vm.addr(OTHER_KEY), proof);
        assertEq(registry.nodeOfKey(vm.addr(KEY)), NODE, "old");
        assertEq(registry.nodeOfKey(vm.addr(OTHER_KEY)), NODE, "new");
        _attest(KEY, _attestation());
        _attest(OTHER_KEY, _attestation());
    }

    /* STAKE AND ENDPOINT */

    function test_addStake_adds() external {
        registerNode(200 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeSet(NODE, 205 ether);
        // The coin is called last.
        vm.expectEmit(address(coin));
        emit IERC20.Transfer(NODE, address(registry), 5 ether);
        vm.startPrank(NODE);
        registry.addStake(5 ether);
        vm.expectRevert(INodeRegistry.Nodes_NoAmount.selector);
        registry.addStake(0);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_StakeTooLarge.selector, type(uint256).max));
        registry.addStake(type(uint256).max);
        uint256 most = type(uint96).max - 205 ether;
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_StakeTooLarge.selector, most + 1));
        registry.addStake(most + 1);
        coin.mint(NODE, most);
        registry.addStake(most);
        assertEq(stakeOfNode(), type(uint96).max, "all that fits");
    }

    function test_setEndpoint_moves() external {
        registerNode(200 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.EndpointSet(NODE, "https://new.example");
        vm.startPrank(NODE);
        registry.setEndpoint("https://new.example");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEndpoint.selector, 0));
        registry.setEndpoint("");
    }

    function test_actions_failIfNotRegistered() external {
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_Unknown.selector, BOB);
        vm.startPrank(BOB);
        vm.expectRevert(reason);
        registry.addStake(1);
        vm.expectRevert(reason);
        registry.addKey(BOB, "");
        vm.expectRevert(reason);
        registry.setEndpoint(URL);
        vm.expectRevert(reason);
        registry.leave();
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingOwed.selector, BOB));
        registry.collect();
    }

    /* ATTEST */

    function test_attest_tellsAll() external {
        registerNode(200 ether);
        Attestation memory said = _attestation();
        vm.expectEmit(address(registry));
        emit INodeRegistry.Attested(
            NODE,
            address(open),
            2,
            vm.addr(KEY),
            "manifest",
            "root",
            "sha256",
            "engine",
            uint64(VOTES_OPEN / 3600)
        );
        vm.prank(CAROL);
        _attest(KEY, said);
    }

    function test_attest_takesSeveral() external {
        registerNode(200 ether);
        Attestation[] memory many = new Attestation[](2);
        bytes[] memory signatures = new bytes[](2);
        for (uint256 i = 0; i < 2; ++i) {
            many[i] = _attestation();
            many[i].entryId = i + 1;
            signatures[i] = sign(KEY, digestAt(registry, attestationHash(many[i])));
        }
        registry.attest(many, signatures);
    }

    function test_attest_failsIfListsDiffer() external {
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadLists.selector, 1, 0));
        registry.attest(new Attestation[](1), new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadLists.selector, 0, 0));
        registry.attest(new Attestation[](0), new bytes[](0));
    }

    function test_attest_failsIfSignerIsNoKeyOfTheNode() external {
        registerNode(200 ether);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(OTHER_KEY), NODE));
        _attest(OTHER_KEY, _attestation());
    }

    function test_attest_failsIfAnyFieldWasChanged() external {
        registerNode(200 ether);
        bytes memory signature = sign(KEY, digestAt(registry, attestationHash(_attestation())));
        Attestation memory said = _attestation();
        said.entryId = 3;
        _refusedAttestation(said, signature);
        said = _attestation();
        said.manifestHash = "another";
        _refusedAttestation(said, signature);
        said = _attestation();
        said.modelRoot = "another";
        _refusedAttestation(said, signature);
        said = _attestation();
        said.modelSha256 = "another";
        _refusedAttestation(said, signature);
        said = _attestation();
        said.engine = "another";
        _refusedAttestation(said, signature);
        said = _attestation();
        --said.epoch;
        _refusedAttestation(said, signature);
        said = _attestation();
        said.contest = address(personal);
        _refusedAttestation(said, signature);
    }

    function test_attest_failsIfSignedForAnotherRegistryOrChain() external {
        registerNode(200 ether);
        INodeRegistry other = registryWith(coin);
        bytes memory signature = sign(KEY, digestAt(other, attestationHash(_attestation())));
        _refusedAttestation(_attestation(), signature);
        signature = sign(KEY, digestAt(registry, attestationHash(_attestation())));
        vm.chainId(1);
        _refusedAttestation(_attestation(), signature);
    }

    function test_attest_failsIfEpochOutOfBounds() external {
        registerNode(200 ether);
        Attestation memory said = _attestation();
        uint64 now_ = uint64(VOTES_OPEN / 3600);
        said.epoch = now_ - 24;
        _attest(KEY, said);
        said.epoch = now_ - 25;
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, now_ - 25, now_));
        _attest(KEY, said);
        said.epoch = now_ + 1;
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, now_ + 1, now_));
        _attest(KEY, said);
        said.epoch = type(uint64).max;
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, type(uint64).max, now_));
        _attest(KEY, said);
    }

    function test_attest_failsIfContestIsNotTheFactorys() external {
        registerNode(200 ether);
        Attestation memory said = _attestation();
        said.contest = address(coin);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_UnknownContest.selector, address(coin)));
        _attest(KEY, said);
    }

    function test_attest_failsIfNodeInactive() external {
        Attestation memory said = _attestation();
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Inactive.selector, NODE, 0, 200 ether));
        _attest(KEY, said);
        registerNode(200 ether);
        vm.prank(NODE);
        registry.leave();
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Inactive.selector, NODE, 200 ether, 200 ether));
        _attest(KEY, said);
    }

    /* LEAVE */

    function test_collect_paysAfterSevenDays() external {
        registerNode(200 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeLeaving(NODE, VOTES_OPEN + 7 days);
        vm.startPrank(NODE);
        registry.leave();
        assertTrue(!registry.nodeOf(NODE).active, "inactive at once");
        vm.warp(VOTES_OPEN + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotYet.selector, VOTES_OPEN + 7 days));
        registry.collect();
        vm.warp(VOTES_OPEN + 7 days);
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeSet(NODE, 0);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Credited(NODE, address(coin), 200 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Collected(NODE, address(coin), 200 ether);
        registry.collect();
        assertEq(coin.balanceOf(NODE), 1_000 ether, "paid");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingOwed.selector, NODE));
        registry.collect();
        assertEq(registry.nodeOfKey(vm.addr(KEY)), NODE, "what the key said stays the node's word");
    }

    function test_collect_failsIfNotLeaving() external {
        registerNode(200 ether);
        vm.warp(VOTES_OPEN + 3650 days);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotYet.selector, 0));
        vm.prank(NODE);
        registry.collect();
    }

    function test_leave_cannotBeTakenBackOrRepeated() external {
        registerNode(200 ether);
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_Inactive.selector, NODE, 200 ether, 200 ether);
        vm.startPrank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 1 days);
        vm.expectRevert(reason);
        registry.leave();
        vm.expectRevert(reason);
        registry.addStake(1);
        vm.expectRevert(reason);
        registry.setEndpoint(URL);
        vm.expectRevert(reason);
        registry.addKey(BOB, "");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Registered.selector, NODE));
        registry.register(URL, BOB, "", 200 ether);
    }

    function test_collect_cannotBeRepeatedFromACallback() external {
        CallbackCoin calling = new CallbackCoin();
        INodeRegistry other = registryWith(calling);
        calling.mint(address(other), 500 ether);
        Reentrant thief = new Reentrant();
        calling.mint(address(thief), 200 ether);
        thief.act(address(calling), abi.encodeCall(calling.approve, (address(other), 200 ether)));
        bytes memory proof = sign(KEY, digestAt(other, nodeKeyHash(address(thief))));
        thief.act(address(other), abi.encodeCall(other.register, (URL, vm.addr(KEY), proof, 200 ether)));
        thief.act(address(other), abi.encodeCall(other.leave, ()));
        vm.warp(VOTES_OPEN + 8 days);
        thief.act(address(calling), abi.encodeCall(calling.setWantsCall, (true)));
        thief.prepare(address(other), abi.encodeCall(other.collect, ()), "");
        thief.act(address(other), abi.encodeCall(other.collect, ()));
        assertTrue(!thief.reentered(), "refused");
        assertEq(calling.balanceOf(address(thief)), 200 ether, "once");
    }

    function test_constructor_failsWithoutLeastStakeOrBond() external {
        vm.expectRevert(INodeRegistry.Nodes_NoAmount.selector);
        deployRegistry(address(coin), 0, 1);
        vm.expectRevert(INodeRegistry.Nodes_NoAmount.selector);
        deployRegistry(address(coin), 1, 0);
    }

    function test_views_nameWhatItStandsOn() external view {
        assertEq(registry.coin(), address(coin), "coin");
        assertEq(registry.factory(), address(factory), "factory");
        assertEq(registry.minStake(), 200 ether, "least stake");
        assertEq(registry.minBlockBond(), 0.005 ether, "least bond");
    }

    /* INTERNALS */

    function _attestation() private view returns (Attestation memory) {
        return
            Attestation({
                node: NODE,
                contest: address(open),
                entryId: 2,
                manifestHash: "manifest",
                modelRoot: "root",
                modelSha256: "sha256",
                engine: "engine",
                epoch: uint64(VOTES_OPEN / 3600)
            });
    }

    function _attest(uint256 key, Attestation memory said) private {
        Attestation[] memory one = new Attestation[](1);
        bytes[] memory signatures = new bytes[](1);
        one[0] = said;
        signatures[0] = signed(key, said);
        registry.attest(one, signatures);
    }

    function _refusedAttestation(Attestation memory said, bytes memory signature) private {
        Attestation[] memory one = new Attestation[](1);
        bytes[] memory signatures = new bytes[](1);
        (one[0], signatures[0]) = (said, signature);
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.attest(one, signatures);
    }

    function _badProof(address key, bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadKeyProof.selector, key));
        vm.prank(NODE);
        registry.addKey(key, proof);
    }

    function _keyProof(uint256 key, address node) private view returns (bytes memory) {
        return sign(key, digestAt(registry, nodeKeyHash(node)));
    }

    function _otherDomainProof() private returns (bytes memory) {
        INodeRegistry other = registryWith(coin);
        return sign(OTHER_KEY, digestAt(other, nodeKeyHash(NODE)));
    }
}
