// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Attestation,
    BlockChallenge,
    EntryHashes,
    Fault,
    INodeRegistry
} from "../../contracts/interfaces/INodeRegistry.sol";
import {BlockTree} from "../support/BlockTree.sol";
import {NodeFixture} from "../support/NodeFixture.sol";

/// @notice Block challenges: who can be asked for what, what an answer must be, and what silence costs. Threat 33.
contract NodeBlocksTest is NodeFixture {
    uint256 private constant DAY = 24 hours;

    function setUp() public override {
        super.setUp();
        registerNode(250 ether);
    }

    /* ASK */

    function test_challengeBlock_keepsAndTellsAll() external {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = fileHashes();
        vm.deal(BOB, 1 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.BlockChallenged(
            1,
            NODE,
            address(open),
            FILE_ENTRY,
            2,
            BOB,
            0.005 ether,
            VOTES_OPEN + 1 days
        );
        // Readers tell what came above the bond from what follows at once.
        vm.expectEmit(address(registry));
        emit INodeRegistry.Credited(BOB, address(0), 0.001 ether);
        vm.prank(BOB);
        uint256 id = registry.challengeBlock{value: 0.006 ether}(said, signature, hashes, 2);

        assertEq(id, 1, "ids count from 1");
        assertEq(registry.challengeCount(), 1, "count");
        assertEq(registry.openChallengeOf(NODE, address(open), FILE_ENTRY), 1, "open");
        assertEq(registry.nodeOf(NODE).openChallenges, 1, "waits");
        BlockChallenge memory kept = registry.challengeOf(1);
        assertEq(kept.node, NODE, "node");
        assertEq(kept.challenger, BOB, "challenger");
        assertEq(kept.contest, address(open), "contest");
        assertEq(kept.entryId, FILE_ENTRY, "entry");
        assertEq(kept.index, 2, "index");
        assertEq(kept.modelSize, 32_868, "size");
        assertEq(kept.bond, 0.005 ether, "bond");
        assertEq(kept.answerBy, VOTES_OPEN + 1 days, "deadline");
        assertEq(kept.modelRoot, fileHashes().modelRoot, "root");
        assertEq(address(registry).balance, 0.006 ether, "bond and what came above it");
        assertEq(registry.creditOf(BOB, address(0)), 0.001 ether, "what came above the bond");
    }

    function test_challengeBlock_creditsWhatIsOverTheBond() external {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = fileHashes();
        vm.deal(BOB, 1 ether);
        vm.startPrank(BOB);
        registry.challengeBlock{value: 0.007 ether}(said, signature, hashes, 0);
        assertEq(registry.creditOf(BOB, address(0)), 0.002 ether, "credited");
        registry.collect();
        assertEq(BOB.balance, 0.995 ether, "pulled");
    }

    function test_threat33_challengeSpam_bondFollowsTheBaseFee() external {
        vm.fee(0);
        assertEq(registry.blockBond(), 0.005 ether, "at least the minimum");
        vm.fee(1 gwei);
        assertEq(registry.blockBond(), 0.005 ether, "0.003 is less than the minimum");
        assertEq(deployRegistry(address(coin), 1, 2 ** 97).blockBond(), 2 ** 96 - 1, "it always fits");
        vm.fee(40 gwei);
        assertEq(registry.blockBond(), 0.12 ether, "1.5 million gas, twice");
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = fileHashes();
        vm.deal(address(this), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BondTooLow.selector, 0.12 ether - 1, 0.12 ether));
        registry.challengeBlock{value: 0.12 ether - 1}(said, signature, hashes, 0);
        registry.challengeBlock{value: 0.12 ether}(said, signature, hashes, 0);
    }

    function test_threat33_challengeSpam_oneOpenForANodeAndAnEntry() external {
        challengeFile(0);
        _refusedChallenge(
            attestationOf(open, FILE_ENTRY),
            abi.encodeWithSelector(INodeRegistry.Nodes_ChallengeOpen.selector, 1),
            1
        );
        answerFile(1, 0);
        assertEq(challengeFile(1), 2, "after it is answered another can be opened");
        // Another entry is another subject.
        Attestation memory other = attestationOf(open, 1);
        registry.challengeBlock{value: MIN_BOND}(other, signed(KEY, other), hashesOf(open, 1), 0);
        assertEq(registry.nodeOf(NODE).openChallenges, 2, "two entries");
    }

    function test_challengeBlock_failsIfNoSuchBlock() external {
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_NoSuchBlock.selector, 3, 3);
        _refusedChallenge(attestationOf(open, FILE_ENTRY), reason, 3);
        reason = abi.encodeWithSelector(INodeRegistry.Nodes_NoSuchBlock.selector, type(uint256).max, 3);
        _refusedChallenge(attestationOf(open, FILE_ENTRY), reason, type(uint256).max);
        challengeFile(2);
    }

    /// @dev 24 epochs: this one and 23 before, so that no node must keep a file longer than 24 hours after it spoke.
    function test_threat32_falseSlashing_oldAttestationObligesNobody() external {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        said.epoch = NOW - 24;
        _refusedChallenge(said, abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, NOW - 24, NOW), 0);
        said.epoch = NOW + 1;
        _refusedChallenge(said, abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, NOW + 1, NOW), 0);
        said.epoch = type(uint64).max;
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_BadEpoch.selector, type(uint64).max, NOW);
        _refusedChallenge(said, reason, 0);
        said.epoch = NOW - 23;
        registry.challengeBlock{value: MIN_BOND}(said, signed(KEY, said), fileHashes(), 0);
    }

    function test_threat32_falseSlashing_challengeNeedsTheNodesOwnAttestation() external {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        EntryHashes memory hashes = fileHashes();
        bytes memory signature = signed(OTHER_KEY, said);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_BadSigner.selector, vm.addr(OTHER_KEY), NODE));
        registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, 0);
        signature = mirrored(signed(KEY, said));
        vm.expectRevert();
        registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, 0);
        // About the same entry id elsewhere.
        signature = signed(KEY, said);
        said.contest = address(personal);
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, 0);
        said = attestationOf(open, FILE_ENTRY);
        said.epoch -= 1;
        vm.expectPartialRevert(INodeRegistry.Nodes_BadSigner.selector);
        registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, 0);
    }

    /// @dev A root of the challenger's choice could never be answered.
    function test_threat32_falseSlashing_challengeWithForgedHashes() external {
        Attestation memory said = attestationOf(open, FILE_ENTRY);
        bytes memory signature = signed(KEY, said);
        EntryHashes memory forged = fileHashes();
        forged.modelRoot = "nobody has this";
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongHashes.selector);
        registry.challengeBlock{value: MIN_BOND}(said, signature, forged, 0);
        said.entryId = 9;
        signature = signed(KEY, said);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_UnknownEntry.selector, address(open), 9));
        registry.challengeBlock{value: MIN_BOND}(said, signature, forged, 0);
        said.contest = address(coin);
        signature = signed(KEY, said);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_UnknownContest.selector, address(coin)));
        registry.challengeBlock{value: MIN_BOND}(said, signature, forged, 0);
    }

    /* ANSWER */

    function test_answerBlock_eachBlockOfTheFile() external {
        for (uint256 index = 0; index < 3; ++index) {
            uint256 id = challengeFile(index);
            vm.expectEmit(address(registry));
            emit INodeRegistry.BlockAnswered(id, NODE);
            vm.expectEmit(address(registry));
            emit INodeRegistry.Credited(NODE, address(0), 0.005 ether);
            answerFile(id, index);
        }
        assertEq(registry.creditOf(NODE, address(0)), 0.015 ether, "three bonds");
        assertEq(registry.nodeOf(NODE).openChallenges, 0, "none open");
        assertEq(registry.openChallengeOf(NODE, address(open), FILE_ENTRY), 0, "closed");
        assertEq(registry.challengeOf(1).answerBy, 0, "forgotten");
        assertEq(stakeOfNode(), 250 ether, "untouched");
        vm.prank(NODE);
        registry.collect();
        assertEq(NODE.balance, 0.015 ether, "pulled");
    }

    function test_answerBlock_carriedByAStrangerPaysTheNode() external {
        uint256 id = challengeFile(1);
        bytes memory data = BlockTree.blockAt(file, 1);
        bytes32[] memory path = BlockTree.path(file, 1);
        vm.prank(CAROL);
        registry.answerBlock(id, data, path);
        assertEq(registry.creditOf(NODE, address(0)), 0.005 ether, "the node's");
        assertEq(registry.creditOf(CAROL, address(0)), 0, "not the carrier's");
    }

    function test_threat33_wrongProof_anotherLeafsProof() external {
        uint256 id = challengeFile(1);
        bytes memory data = BlockTree.blockAt(file, 0);
        bytes32[] memory path = BlockTree.path(file, 0);
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongBlock.selector);
        registry.answerBlock(id, data, path);
        bytes32[] memory own = BlockTree.path(file, 1);
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongBlock.selector);
        registry.answerBlock(id, data, own);
        data = BlockTree.blockAt(file, 1);
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongBlock.selector);
        registry.answerBlock(id, data, path);
        data[0] = bytes1(uint8(data[0]) ^ 1);
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongBlock.selector);
        registry.answerBlock(id, data, own);
    }

    function test_threat33_wrongProof_wrongLengths() external {
        uint256 id = challengeFile(1);
        bytes memory data = BlockTree.blockAt(file, 1);
        bytes32[] memory path = BlockTree.path(file, 1);
        for (uint256 length = 0; length < 5; ++length) {
            if (length == 2) continue;
            vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_WrongPathLength.selector, length, 2));
            registry.answerBlock(id, data, new bytes32[](length));
        }
        uint256[4] memory lengths = [uint256(0), 64, 16_383, 16_385];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_WrongBlockLength.selector, lengths[i], 16_384));
            registry.answerBlock(id, new bytes(lengths[i]), path);
        }
    }

    /// @dev Nothing tells an inner node from a leaf but the lengths: two hashes are 64 bytes.
    function test_threat33_wrongProof_innerNodePassedOffAsABlock() external {
        uint256 id = challengeFile(0);
        bytes32[] memory path = BlockTree.path(file, 0);
        bytes memory inner = abi.encodePacked(sha256(BlockTree.blockAt(file, 0)), path[0]);
        bytes32[] memory rest = new bytes32[](1);
        rest[0] = path[1];
        vm.expectPartialRevert(INodeRegistry.Nodes_WrongBlockLength.selector);
        registry.answerBlock(id, inner, rest);
    }

    function test_threat33_lastShortBlock_unpaddedOnly() external {
        uint256 id = challengeFile(2);
        bytes32[] memory path = BlockTree.path(file, 2);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_WrongBlockLength.selector, 16_384, 100));
        registry.answerBlock(id, new bytes(16_384), path);
        answerFile(id, 2);
    }

    function test_answerBlock_failsFromTheDeadlineOn() external {
        uint256 id = challengeFile(1);
        bytes memory data = BlockTree.blockAt(file, 1);
        bytes32[] memory path = BlockTree.path(file, 1);
        vm.warp(VOTES_OPEN + DAY);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_TooLate.selector, VOTES_OPEN + DAY));
        registry.answerBlock(id, data, path);
        vm.warp(VOTES_OPEN + DAY - 1);
        registry.answerBlock(id, data, path);
    }

    function test_answerBlock_onlyOnceAndOnlyIfOpen() external {
        bytes memory none = abi.encodeWithSelector(INodeRegistry.Nodes_NoChallenge.selector, 1);
        vm.expectRevert(none);
        registry.expireBlock(1);
        uint256 id = challengeFile(1);
        answerFile(id, 1);
        bytes memory data = BlockTree.blockAt(file, 1);
        bytes32[] memory path = BlockTree.path(file, 1);
        vm.expectRevert(none);
        registry.answerBlock(id, data, path);
        vm.warp(VOTES_OPEN + DAY);
        vm.expectRevert(none);
        registry.expireBlock(id);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NoChallenge.selector, 0));
        registry.expireBlock(0);
    }

    /// @dev Every shape: one block, short last blocks, powers of two, padding leaves.
    function testFuzz_answerBlock_everyShapeOfFile(uint256 size, uint256 index) external {
        size = bound(size, 1, 9 * 16_384 + 1);
        if (size % 5 == 0) size = 16_384 * (1 + (size % 9));
        _answerOneOf(fileOf(size, "fuzzed"), index);
    }

    function test_answerBlock_shapesOnTheEdge() external {
        uint256[9] memory sizes = [uint256(1), 63, 64, 16_383, 16_384, 16_385, 32_768, 65_536, 65_600];
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint256 last = (sizes[i] - 1) / 16_384;
            _answerOneOf(fileOf(sizes[i], "edge"), last);
        }
    }

    function test_answerBlock_oneBlockFileHasNoPath() external {
        bytes memory small = fileOf(5_000, "small");
        assertEq(BlockTree.root(small), sha256(small), "the root is the block's hash");
        _answerOneOf(small, 0);
    }

    /* SILENCE */

    function test_expireBlock_takesAFifthAndReturnsTheBond() external {
        uint256 id = challengeFile(1);
        vm.warp(VOTES_OPEN + DAY - 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_NotYet.selector, VOTES_OPEN + DAY));
        registry.expireBlock(id);
        vm.warp(VOTES_OPEN + DAY);
        vm.expectEmit(address(registry));
        emit INodeRegistry.BlockExpired(id, NODE);
        vm.expectEmit(address(registry));
        emit INodeRegistry.Credited(BOB, address(0), 0.005 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.StakeSet(NODE, 200 ether);
        vm.expectEmit(address(registry));
        emit INodeRegistry.NodeSlashed(
            NODE,
            address(open),
            FILE_ENTRY,
            Fault.MissingBlock,
            bytes32(id),
            BOB,
            50 ether,
            5 ether
        );
        vm.prank(CAROL);
        registry.expireBlock(id);
        assertEq(registry.creditOf(BOB, address(coin)), 5 ether, "the challenger's tenth, whoever expires");
        assertEq(coin.balanceOf(DEAD), 45 ether, "burned");
        assertTrue(registry.nodeOf(NODE).active, "200 is enough");
        assertEq(registry.nodeOf(NODE).openChallenges, 0, "closed");
        assertEq(registry.openChallengeOf(NODE, address(open), FILE_ENTRY), 0, "free for another");
    }

    function test_expireBlock_aFifthOfWhatIsLeft_andTopUp() external {
        uint256 first = challengeFile(1);
        Attestation memory other = attestationOf(open, 1);
        registry.challengeBlock{value: MIN_BOND}(other, signed(KEY, other), hashesOf(open, 1), 0);
        vm.warp(VOTES_OPEN + DAY);
        registry.expireBlock(first);
        registry.expireBlock(2);
        assertEq(stakeOfNode(), 160 ether, "250, 200, 160");
        assertTrue(!registry.nodeOf(NODE).active, "below the minimum");
        Attestation[] memory one = new Attestation[](1);
        bytes[] memory signatures = new bytes[](1);
        one[0] = attestationOf(open, FILE_ENTRY);
        signatures[0] = signed(KEY, one[0]);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_Inactive.selector, NODE, 160 ether, 200 ether));
        registry.attest(one, signatures);
        vm.prank(NODE);
        registry.addStake(40 ether);
        assertTrue(registry.nodeOf(NODE).active, "topped up");
        registry.attest(one, signatures);
    }

    /// @dev First a fifth for silence, then all for a lie: every wei is the node's, the bringer's or burned.
    function testFuzz_slash_dividesToTheWei(uint256 more) external {
        more = bound(more, 1, type(uint96).max - 250 ether);
        coin.mint(NODE, more);
        vm.prank(NODE);
        registry.addStake(more);
        uint256 stake = 250 ether + more;
        uint256 id = challengeFile(1);
        vm.warp(VOTES_OPEN + DAY);
        registry.expireBlock(id);
        uint256 lost = stake / 5;
        assertEq(stakeOfNode(), stake - lost, "four fifths, rounded up");
        assertEq(registry.creditOf(BOB, address(coin)), lost / 10, "the challenger's");
        assertEq(coin.balanceOf(DEAD), lost - lost / 10, "burned");
        _slashAll();
        uint256 rest = stake - lost;
        assertEq(registry.creditOf(address(this), address(coin)), rest / 10, "the bringer's");
        assertEq(coin.balanceOf(address(registry)), lost / 10 + rest / 10, "nothing else is left");
    }

    function test_expireBlock_afterTheStakeIsGone() external {
        uint256 id = challengeFile(1);
        _slashAll();
        vm.warp(VOTES_OPEN + DAY);
        registry.expireBlock(id);
        assertEq(registry.creditOf(BOB, address(0)), 0.005 ether, "bond back");
        assertEq(registry.creditOf(BOB, address(coin)), 0, "nothing to share");
        assertEq(registry.nodeOf(NODE).openChallenges, 0, "closed");
    }

    function test_answerBlock_afterTheStakeIsGone() external {
        uint256 id = challengeFile(1);
        _slashAll();
        answerFile(id, 1);
        assertEq(registry.creditOf(NODE, address(0)), 0.005 ether, "an answer is an answer");
    }

    function test_challengeBlock_failsIfNothingIsAtStake() external {
        _slashAll();
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_NothingAtStake.selector, NODE);
        _refusedChallenge(attestationOf(open, FILE_ENTRY), reason, 0);
    }

    function test_expireBlock_ofCrumbs() external {
        _slashAll();
        vm.prank(NODE);
        registry.addStake(4);
        uint256 id = challengeFile(1);
        vm.warp(VOTES_OPEN + DAY);
        registry.expireBlock(id);
        assertEq(stakeOfNode(), 4, "a fifth of 4 wei is nothing");
        vm.prank(NODE);
        registry.addStake(1);
        id = challengeFile(1);
        vm.warp(VOTES_OPEN + 2 * DAY);
        registry.expireBlock(id);
        assertEq(stakeOfNode(), 4, "a fifth of 5 wei");
        assertEq(registry.creditOf(BOB, address(coin)), 0, "a tenth of 1 wei is nothing");
        assertEq(coin.balanceOf(DEAD), 225 ether + 1, "burned");
    }

    /* LEAVE */

    function test_threat33_exitBeforeEvidence_waitsForOpenChallenges() external {
        vm.prank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 7 days - 1);
        uint256 id = challengeFile(1);
        vm.warp(VOTES_OPEN + 7 days);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.Nodes_ChallengesOpen.selector, 1));
        vm.prank(NODE);
        registry.collect();
        vm.warp(VOTES_OPEN + 8 days - 1);
        registry.expireBlock(id);
        vm.prank(NODE);
        registry.collect();
        assertEq(coin.balanceOf(NODE), 950 ether, "four fifths came back");
    }

    function test_threat33_challengeSpam_noneAfterTheSevenDays() external {
        vm.prank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 7 days);
        bytes memory reason = abi.encodeWithSelector(INodeRegistry.Nodes_Left.selector, NODE, VOTES_OPEN + 7 days);
        _refusedChallenge(attestationOf(open, FILE_ENTRY), reason, 0);
    }

    function test_collect_paysCreditsWhileTheStakeWaits() external {
        uint256 first = challengeFile(1);
        answerFile(first, 1);
        challengeFile(2);
        vm.prank(NODE);
        registry.leave();
        vm.warp(VOTES_OPEN + 7 days);
        vm.prank(NODE);
        registry.collect();
        assertEq(NODE.balance, 0.005 ether, "the bond");
        assertEq(stakeOfNode(), 250 ether, "the stake waits");
    }

    /* INTERNALS */

    function _refusedChallenge(Attestation memory said, bytes memory reason, uint256 index) private {
        bytes memory signature = signed(KEY, said);
        EntryHashes memory hashes = fileHashes();
        vm.deal(address(this), 1 ether);
        vm.expectRevert(reason);
        registry.challengeBlock{value: MIN_BOND}(said, signature, hashes, index);
    }

    function _answerOneOf(bytes memory content, uint256 index) private {
        vm.warp(ENTRIES_OPEN);
        uint256 entryId = submitFile(open, content);
        index %= BlockTree.blocks(content);
        Attestation memory said = attestationOf(open, 1);
        said.entryId = entryId;
        bytes memory signature = signed(KEY, said);
        vm.deal(address(this), 1 ether);
        uint256 id = registry.challengeBlock{value: MIN_BOND}(said, signature, hashesOfFile(content), index);
        registry.answerBlock(id, BlockTree.blockAt(content, index), BlockTree.path(content, index));
        assertEq(registry.nodeOf(NODE).openChallenges, 0, "answered");
    }

    function _slashAll() private {
        Attestation memory lie = attestationOf(open, 2);
        lie.modelRoot = "a smaller model";
        registry.slashAttestation(lie, signed(KEY, lie), hashesOf(open, 2));
    }
}
