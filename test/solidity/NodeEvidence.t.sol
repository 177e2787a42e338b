// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EntryStatus} from "../../contracts/interfaces/IContest.sol";
import {IContestFactory} from "../../contracts/interfaces/IContestFactory.sol";
import {Attestation, EntryHashes, Fault, INodeRegistry, Receipt} from "../../contracts/interfaces/INodeRegistry.sol";
import {NodeFixture} from "../support/NodeFixture.sol";

/// @notice False statements: what they cost, whom they reward, and what is no evidence. Threat 32.
contract NodeEvidenceTest is NodeFixture {
    function setUp() public override {
        super.setUp();
        registerNode(250 ether);
    }

    /* WHAT A LIE COSTS */

    function test_slashAttestation_takesAllAndTellsAll() external {
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        bytes32 digest = digestAt(registry, attestationHash(lie));
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeSet(NODE, 0);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeSlashed(
            NODE,
            address(open),
            2,
            Fault.FalseAttestation,
            digest,
            CAROL,
            250 ether,
            25 ether
        );
        vm.expectEmit(address(registry));
        emit INodeRegistry.Credited(CAROL, address(coin), 25 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Burned(225 ether);
        vm.prank(CAROL);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));

        assertEq(stakeOfNode(), 0, "nothing left");
        assertTrue(!registry.nodeOf(NODE).active, "inactive");
        assertEq(registry.creditOf(CAROL, address(coin)), 25 ether, "a tenth");
        assertEq(coin.balanceOf(DEAD), 225 ether, "the rest is burned");
        assertEq(coin.balanceOf(address(registry)), 25 ether, "what is owed stays");
        assertTrue(registry.isPunished(digest), "paid for");

        uint256 before = coin.balanceOf(CAROL);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Collected(CAROL, address(coin), 25 ether);
        vm.prank(CAROL);
        registry.collect();
        assertEq(coin.balanceOf(CAROL) - before, 25 ether, "pulled");
        assertEq(coin.balanceOf(address(registry)), 0, "nothing remains");
    }

    function test_slashAttestation_seesEachFalseHash() external {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 id = vm.snapshotState();
            Attestation memory lie = attestationOf(open, 2);
            if (i == 0) lie.manifestHash = "another";
            if (i == 1) lie.modelRoot = "another";
            if (i == 2) lie.modelSha256 = "another";
            registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
            assertEq(stakeOfNode(), 0, "slashed");
            vm.revertToState(id);
        }
    }

    function test_slashReceipt_seesEachFalseHash() external {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 id = vm.snapshotState();
            Receipt memory lie = receiptOf(personal, 3);
            if (i == 0) lie.manifestHash = "another";
            if (i == 1) lie.modelRoot = "another";
            vm.expectEmit(address(registry));
            emit INodeRegistry.StakeSet(NODE, 0);
            vm.expectEmit(address(registry));
            emit INodeRegistry.NodeSlashed(
                NODE,
                address(personal),
                3,
                Fault.FalseReceipt,
                digestAt(registry, receiptHash(lie)),
                address(this),
                250 ether,
                25 ether
            );
            registry.slashReceipt(lie, signed(KEY, lie), hashesOf(personal, 3));
            vm.revertToState(id);
        }
    }

    function test_slashAttestation_anyKeyEverRegistered() external {
        bytes memory proof = sign(OTHER_KEY, digestAt(registry, nodeKeyHash(NODE)));
        vm.prank(NODE);
        registry.addKey(vm.addr(OTHER_KEY), proof);
        uint256 id = vm.snapshotState();
        Attestation memory lie = _lie();
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
        vm.revertToState(id);
        registry.slashAttestation(lie, signed(OTHER_KEY, lie), hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "slashed");
    }

    function test_slashAttestation_anyEpochAndAnyStatus() external {
        vm.warp(ENTRIES_OPEN);
        vm.prank(AUTHOR);
        open.retract(2);
        Attestation memory lie = _lie();
        lie.epoch = type(uint64).max;
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "slashed for an entry of the past");
    }

    function test_slash_reachesALeavingNodeUntilItsStakeHasLeft() external {
        vm.prank(NODE);
        registry.leave();
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        vm.warp(VOTES_OPEN + 30 days);
        uint256 id = vm.snapshotState();
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "slashed long after the seven days");
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingOwed.selector, NODE));
        vm.prank(NODE);
        registry.collect();
        vm.revertToState(id);

        vm.prank(NODE);
        registry.collect();
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingAtStake.selector, NODE));
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
    }

    /// @dev Threat 33: whoever said that it leaves answers for seven days more.
    function test_threat33_exitBeforeEvidence_stakeStaysForSevenDays() external {
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        vm.startPrank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotYet.selector, VOTES_OPEN + 7 days));
        registry.collect();
        vm.stopPrank();
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        assertEq(coin.balanceOf(DEAD), 225 ether, "nothing got away");
    }

    function test_slash_leavesRoundingToTheFire() external {
        vm.prank(NODE);
        registry.addStake(9);
        Attestation memory lie = _lie();
        vm.prank(CAROL);
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
        assertEq(registry.creditOf(CAROL, address(coin)), 25 ether, "rounded down");
        assertEq(coin.balanceOf(DEAD), 225 ether + 9, "the rest");
    }

    /// @dev Nobody gains by slashing themselves.
    function test_slash_byTheNodeItselfLosesNineTenths() external {
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        vm.startPrank(NODE);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        registry.collect();
        assertEq(coin.balanceOf(NODE), 775 ether, "1,000 - 250 + 25");
    }

    /* AFTER A SLASH */

    function test_addStake_makesASlashedNodeActiveAgain() external {
        Attestation memory lie = _lie();
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
        vm.startPrank(NODE);
        registry.addStake(200 ether - 1);
        assertTrue(!registry.nodeOf(NODE).active, "not yet");
        registry.addStake(1);
        assertTrue(registry.nodeOf(NODE).active, "active");
    }

    function test_threat32_falseSlashing_replayedEvidenceCountsOnce() external {
        Attestation memory lie = _lie();
        bytes memory signature = signed(KEY, lie);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        vm.expectRevert(
            abi.encodeWithSelector(INodeRegistry.Nodes_Punished.selector, digestAt(registry, attestationHash(lie)))
        );
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        vm.prank(NODE);
        registry.addStake(200 ether);
        vm.expectPartialRevert(INodeRegistry.Nodes_Punished.selector);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));

        // Another statement is another lie.
        lie.epoch += 1;
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "paid again");
    }

    /// @dev A node with a wei at stake could otherwise have its lies punished before it stakes and tells them.
    function test_slash_belowTheFullPriceDoesNotUseTheEvidenceUp() external {
        Attestation memory first = _lie();
        registry.slashAttestation(first, signed(KEY, first), hashesOf(open, 2));
        vm.prank(NODE);
        registry.addStake(1);
        Attestation memory lie = _lie();
        lie.engine = "another";
        bytes memory signature = signed(KEY, lie);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NothingAtStake.selector, NODE));
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        vm.prank(NODE);
        registry.addStake(200 ether);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        assertEq(stakeOfNode(), 0, "the full price");
    }

    /* WHAT IS NO EVIDENCE */

    function test_threat32_falseSlashing_trueStatementsAreNoEvidence() external {
        Attestation memory truth = attestationOf(open, 2);
        bytes memory signature = signed(KEY, truth);
        vm.expectRevert(INodeRegistry.Nodes_StatementTrue.selector);
        registry.slashAttestation(truth, signature, hashesOf(open, 2));
        Receipt memory receipt = receiptOf(open, 2);
        signature = signed(KEY, receipt);
        vm.expectRevert(INodeRegistry.Nodes_StatementTrue.selector);
        registry.slashReceipt(receipt, signature, hashesOf(open, 2));
    }

    /// @dev The hashes brought along are the challenger's word; the chain's is `identity`.
    function test_threat32_falseSlashing_hashesThatAreNotTheEntrys() external {
        Attestation memory truth = attestationOf(open, 2);
        Receipt memory receipt = receiptOf(open, 2);
        bytes memory signature = signed(KEY, truth);
        bytes memory receiptSignature = signed(KEY, receipt);
        for (uint256 i = 0; i < 5; ++i) {
            EntryHashes memory forged = hashesOf(open, 2);
            if (i == 0) forged.manifestHash = "forged";
            if (i == 1) forged.modelSha256 = "forged";
            if (i == 2) forged.modelRoot = "forged";
            if (i == 3) (forged.modelSha256, forged.modelRoot) = (forged.modelRoot, forged.modelSha256);
            if (i == 4) forged = hashesOf(open, 3);
            bytes32 given = keccak256(abi.encode(forged.manifestHash, forged.modelSha256, forged.modelRoot));
            bytes memory reason = abi.encodeWithSelector(
                INodeRegistry.Nodes_WrongHashes.selector,
                open.entry(2).identity,
                given
            );
            vm.expectRevert(reason);
            registry.slashAttestation(truth, signature, forged);
            vm.expectRevert(reason);
            registry.slashReceipt(receipt, receiptSignature, forged);
        }
    }

    function test_threat32_falseSlashing_forgedEvidence() external {
        Attestation memory lie = _lie();
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(OTHER_KEY), NODE);
        bytes memory signature = signed(OTHER_KEY, lie);
        vm.expectRevert(reason);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        Receipt memory receipt = _receiptLie();
        signature = signed(OTHER_KEY, receipt);
        vm.expectRevert(reason);
        registry.slashReceipt(receipt, signature, hashesOf(open, 2));

        // A true statement's signature does not carry over to a changed one.
        signature = signed(KEY, attestationOf(open, 2));
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        signature = signed(KEY, receiptOf(open, 2));
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashReceipt(receipt, signature, hashesOf(open, 2));
    }

    /// @dev Every field of a receipt is signed.
    function test_slashReceipt_failsIfAnyFieldWasChanged() external {
        bytes memory signature = signed(KEY, _receiptLie());
        for (uint256 field = 0; field < 14; ++field) {
            Receipt memory said = _receiptLie();
            if (field < 7) _changeFirst(said, field);
            else _changeLast(said, field);
            vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
            registry.slashReceipt(said, signature, hashesOf(open, 2));
        }
    }

    function test_threat32_falseSlashing_evidenceAboutAnotherNode() external {
        bytes memory proof = sign(OTHER_KEY, digestAt(registry, nodeKeyHash(BOB)));
        vm.startPrank(BOB);
        coin.approve(address(registry), 200 ether);
        registry.register(URL, vm.addr(OTHER_KEY), proof, 200 ether);
        vm.stopPrank();
        Attestation memory lie = _lie();
        lie.node = BOB;
        bytes memory signature = signed(KEY, lie);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(KEY), BOB));
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        lie.node = NODE;
        signature = signed(OTHER_KEY, lie);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(OTHER_KEY), NODE));
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
    }

    /// @dev An unknown key answers for the zero address, which nobody is.
    function test_threat32_falseSlashing_nobodysStatement() external {
        Attestation memory lie = _lie();
        lie.node = address(0);
        bytes memory signature = signed(OTHER_KEY, lie);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(OTHER_KEY), address(0)));
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
    }

    function test_threat32_falseSlashing_malleableSignature() external {
        Attestation memory lie = _lie();
        bytes memory signature = mirrored(signed(KEY, lie));
        vm.expectRevert();
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        assertEq(stakeOfNode(), 250 ether, "untouched");
    }

    function test_threat32_falseSlashing_otherRegistryOrChain() external {
        Attestation memory lie = _lie();
        INodeRegistry other = registryWith(coin);
        bytes memory signature = sign(KEY, digestAt(other, attestationHash(lie)));
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
        Receipt memory receipt = _receiptLie();
        signature = sign(KEY, digestAt(other, receiptHash(receipt)));
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashReceipt(receipt, signature, hashesOf(open, 2));
        signature = signed(KEY, lie);
        vm.chainId(1);
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashAttestation(lie, signature, hashesOf(open, 2));
    }

    /// @dev Whatever a domain says of the contract, what is signed under it counts at one registry at most.
    function test_threat32_falseSlashing_noStatementServesTwoRegistries() external {
        Attestation memory lie = _lie();
        INodeRegistry other = registryWith(coin);
        registerAt(other, 250 ether);
        INodeRegistry[2] memory named = [INodeRegistry(address(0)), other];
        for (uint256 i = 0; i < named.length; ++i) {
            bytes memory signature = sign(KEY, digestAt(named[i], attestationHash(lie)));
            EntryHashes memory hashes = hashesOf(open, 2);
            vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
            registry.slashAttestation(lie, signature, hashes);
        }
        assertEq(stakeOfNode(), 250 ether, "untouched");
    }

    function test_threat32_falseSlashing_entryThatNeverWas() external {
        EntryHashes memory zero;
        uint256[3] memory ids = [uint256(0), 5, type(uint256).max];
        for (uint256 i = 0; i < ids.length; ++i) {
            Attestation memory said = attestationOf(open, 1);
            said.entryId = ids[i];
            bytes memory signature = signed(KEY, said);
            bytes memory reason = abi.encodeWithSelector(
                INodeRegistry.Nodes_UnknownEntry.selector,
                address(open),
                ids[i]
            );
            vm.expectRevert(reason);
            registry.slashAttestation(said, signature, zero);
            Receipt memory receipt = receiptOf(open, 1);
            receipt.entryId = ids[i];
            signature = signed(KEY, receipt);
            vm.expectRevert(reason);
            registry.slashReceipt(receipt, signature, hashesOf(open, 1));
        }
    }

    /// @dev Whoever could choose the contest could choose what its entries are.
    function test_threat32_falseSlashing_contestOfAnotherFactory() external {
        FakeContest fake = new FakeContest();
        Attestation memory said = attestationOf(open, 1);
        said.contest = address(fake);
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = EntryHashes("a", "b", "c");
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_UnknownContest.selector, address(fake));
        vm.expectRevert(reason);
        registry.slashAttestation(said, signature, hashes);
        Receipt memory receipt = receiptOf(open, 1);
        receipt.contest = address(fake);
        signature = signed(KEY, receipt);
        vm.expectRevert(reason);
        registry.slashReceipt(receipt, signature, hashes);

        IContestFactory other = IContestFactory(deploy("ContestFactory.sol:ContestFactory", ""));
        vm.warp(ENTRIES_OPEN - 1);
        said.contest = other.create(openRules(), "salt");
        signature = signed(KEY, said);
        vm.expectPartialRevert(INodeRegistry.Nodes_UnknownContest.selector);
        registry.slashAttestation(said, signature, hashes);
    }

    /// @dev An attestation and a receipt that share fields are never each other's evidence.
    function test_threat32_falseSlashing_consentOfAKeyIsNoStatement() external {
        bytes memory consent = sign(KEY, digestAt(registry, nodeKeyHash(NODE)));
        Attestation memory lie = _lie();
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.slashAttestation(lie, consent, hashesOf(open, 2));
    }

    function testFuzz_slashAttestation_onlyFalseOnesAndAllOfThem(uint256 seed) external {
        Attestation memory said = attestationOf(open, 1 + (seed % 3));
        said.engine = bytes32(seed);
        said.epoch = uint64(seed);
        if (seed & 0x100 != 0) said.manifestHash = bytes32(seed >> 1);
        if (seed & 0x200 != 0) said.modelRoot = bytes32(seed >> 2);
        if (seed & 0x400 != 0) said.modelSha256 = bytes32(seed >> 3);
        bool isFalse = seed & 0x700 != 0;
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = hashesOf(open, said.entryId);
        if (!isFalse) vm.expectRevert(INodeRegistry.Nodes_StatementTrue.selector);
        registry.slashAttestation(said, signature, hashes);
        assertEq(stakeOfNode(), isFalse ? 0 : 250 ether, "stake");
    }

    /* INTERNALS */

    function _lie() private view returns (Attestation memory said) {
        said = attestationOf(open, 2);
        said.modelRoot = "a smaller model";
    }

    function _changeFirst(Receipt memory said, uint256 field) private view {
        if (field == 0) said.client = BOB;
        if (field == 1) said.contest = address(personal);
        if (field == 2) said.entryId = 1;
        if (field == 3) said.manifestHash = "x";
        if (field == 4) said.epoch += 1;
        if (field == 5) said.nonce += 1;
        if (field == 6) said.requestHash = "x";
    }

    function _changeLast(Receipt memory said, uint256 field) private pure {
        if (field == 7) said.responseHash = "x";
        if (field == 8) said.paramsHash = "x";
        if (field == 9) said.seed += 1;
        if (field == 10) said.promptTokens += 1;
        if (field == 11) said.outputTokens += 1;
        if (field == 12) said.firstTokenMs += 1;
        if (field == 13) said.totalMs += 1;
    }

    function _receiptLie() private view returns (Receipt memory said) {
        said = receiptOf(open, 2);
        said.modelRoot = "a smaller model";
    }
}

/// @notice Says that its entry has the hashes "a", "b" and "c".
contract FakeContest {
    function entry(uint256) external pure returns (address, uint48, EntryStatus, bool, bytes32) {
        bytes32 identity = keccak256(abi.encode(bytes32("a"), bytes32("b"), bytes32("c")));
        return (address(1), 1, EntryStatus.Live, true, identity);
    }
}
