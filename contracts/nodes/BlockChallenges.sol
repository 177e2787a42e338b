// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {EntryView} from "../interfaces/IContest.sol";
import {Attestation, BlockChallenge, EntryHashes, Fault, INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {PiecesProof} from "../libraries/PiecesProof.sol";
import {Statements} from "../libraries/Statements.sol";

import {Evidence} from "./Evidence.sol";

/// @title Block challenges
/// @notice Asks a node for one block of a file that it says it has, and slashes it when nobody brings the block.
abstract contract BlockChallenges is Evidence {
    uint256 internal constant EPOCH = 1 hours;
    /// @dev The current epoch and the 23 before it: none of them began more than 24 hours ago, which is how long a node
    /// keeps a file after its last attestation for it.
    uint256 private constant RECENT_EPOCHS = 24;
    uint256 private constant ANSWER_WAIT = 24 hours;
    /// @dev One part of the stake in so many is lost with an unanswered challenge.
    uint256 private constant MISSING_BLOCK_PART = 5;
    /// @dev What carrying an answer costs at most, and how many times over the bond covers it.
    uint256 private constant ANSWER_GAS = 1_500_000;
    uint256 private constant BOND_FACTOR = 2;

    /// @inheritdoc INodeRegistry
    uint256 public immutable minBlockBond;

    mapping(uint256 challengeId => BlockChallenge) private _challenges;
    /// @dev By node, contest and entry; 0 when none is open.
    mapping(bytes32 subject => uint256 challengeId) private _openChallenge;
    /// @inheritdoc INodeRegistry
    uint256 public challengeCount;

    /// @param minBlockBond_ Least bond of a block challenge in wei of the chain's own coin, above 0.
    constructor(uint256 minBlockBond_) {
        if (minBlockBond_ == 0) revert Nodes_NoAmount();
        minBlockBond = minBlockBond_;
    }

    /// @inheritdoc INodeRegistry
    function challengeBlock(
        Attestation calldata said,
        bytes calldata signature,
        EntryHashes calldata hashes,
        uint256 index
    ) external payable returns (uint256 challengeId) {
        uint256 bond = blockBond();
        if (msg.value < bond) revert Nodes_BondTooLow(msg.value, bond);
        _requireRecent(said.epoch);
        _requireKeyOf(said.node, Statements.attestationHash(said), signature);
        EntryView memory entry = _entryBehind(said.contest, said.entryId, hashes);
        uint256 blocks = PiecesProof.blockCount(entry.modelSize);
        if (index >= blocks) revert Nodes_NoSuchBlock(index, blocks);
        Node storage node = _nodes[said.node];
        _requireAnswerable(said.node, node);
        bytes32 subject = _subject(said.node, said.contest, said.entryId);
        if (_openChallenge[subject] != 0) revert Nodes_ChallengeOpen(_openChallenge[subject]);

        challengeId = ++challengeCount;
        _openChallenge[subject] = challengeId;
        ++node.openChallenges;
        BlockChallenge memory challenge = BlockChallenge({
            node: said.node,
            answerBy: uint40(block.timestamp + ANSWER_WAIT), // seconds since 1970 fit 40 bits for 34,000 years
            modelSize: entry.modelSize,
            challenger: msg.sender,
            bond: uint96(bond), // `blockBond` gives no more
            contest: said.contest,
            entryId: uint16(said.entryId), // ids of existing entries are under 2^16
            index: uint40(index), // a file has under 2^48 bytes, so under 2^34 blocks
            modelRoot: hashes.modelRoot
        });
        _challenges[challengeId] = challenge;
        emit BlockChallenged(
            challengeId,
            said.node,
            said.contest,
            said.entryId,
            index,
            msg.sender,
            bond,
            challenge.answerBy
        );
        _credit(msg.sender, NATIVE, msg.value - bond);
    }

    /// @inheritdoc INodeRegistry
    function answerBlock(uint256 challengeId, bytes calldata data, bytes32[] calldata path) external {
        BlockChallenge memory challenge = _openOne(challengeId);
        if (block.timestamp >= challenge.answerBy) revert Nodes_TooLate(challenge.answerBy);
        uint256 length = PiecesProof.blockLength(challenge.modelSize, challenge.index);
        if (data.length != length) revert Nodes_WrongBlockLength(data.length, length);
        uint256 depth = PiecesProof.depth(challenge.modelSize);
        if (path.length != depth) revert Nodes_WrongPathLength(path.length, depth);
        bytes32 root = PiecesProof.rootFrom(data, challenge.index, path);
        if (root != challenge.modelRoot) revert Nodes_WrongBlock(root, challenge.modelRoot);

        _close(challengeId, challenge);
        emit BlockAnswered(challengeId, challenge.node);
        _credit(challenge.node, NATIVE, challenge.bond);
    }

    /// @inheritdoc INodeRegistry
    function expireBlock(uint256 challengeId) external {
        BlockChallenge memory challenge = _openOne(challengeId);
        if (block.timestamp < challenge.answerBy) revert Nodes_NotYet(challenge.answerBy);

        _close(challengeId, challenge);
        emit BlockExpired(challengeId, challenge.node);
        _credit(challenge.challenger, NATIVE, challenge.bond);
        uint256 lost = _nodes[challenge.node].stake / MISSING_BLOCK_PART;
        if (lost == 0) return;
        Slash memory what = Slash({
            node: challenge.node,
            contest: challenge.contest,
            entryId: challenge.entryId,
            fault: Fault.MissingBlock,
            evidence: bytes32(challengeId)
        });
        _slash(what, lost, challenge.challenger);
    }

    /* VIEWS */

    /// @inheritdoc INodeRegistry
    function blockBond() public view returns (uint256) {
        uint256 bond = Math.max(minBlockBond, ANSWER_GAS * BOND_FACTOR * block.basefee);
        return Math.min(bond, type(uint96).max); // what is kept of it is 96 bits
    }

    /// @inheritdoc INodeRegistry
    function challengeOf(uint256 challengeId) external view returns (BlockChallenge memory) {
        return _challenges[challengeId];
    }

    /// @inheritdoc INodeRegistry
    function openChallengeOf(address node, address contest, uint256 entryId) external view returns (uint256) {
        return _openChallenge[_subject(node, contest, entryId)];
    }

    /* INTERNALS */

    function _close(uint256 challengeId, BlockChallenge memory challenge) private {
        delete _challenges[challengeId];
        delete _openChallenge[_subject(challenge.node, challenge.contest, challenge.entryId)];
        --_nodes[challenge.node].openChallenges;
    }

    function _openOne(uint256 challengeId) private view returns (BlockChallenge memory challenge) {
        challenge = _challenges[challengeId];
        if (challenge.answerBy == 0) revert Nodes_NoChallenge(challengeId);
    }

    function _requireRecent(uint64 epoch) private view {
        uint256 current = block.timestamp / EPOCH;
        if (epoch > current || current - epoch >= RECENT_EPOCHS) {
            revert Nodes_BadEpoch(epoch, uint64(current)); // hours fit 64 bits
        }
    }

    /// @dev Something must be at stake, and seven days after saying that it leaves a node need not answer any more.
    function _requireAnswerable(address account, Node storage node) private view {
        if (node.stake == 0) revert Nodes_NothingAtStake(account);
        if (node.leavesAt != 0 && block.timestamp >= node.leavesAt) revert Nodes_Left(account, node.leavesAt);
    }

    function _subject(address node, address contest, uint256 entryId) private pure returns (bytes32) {
        return keccak256(abi.encode(node, contest, entryId));
    }
}
