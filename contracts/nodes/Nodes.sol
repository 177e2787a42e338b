// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Fault, INodeRegistry, NodeView} from "../interfaces/INodeRegistry.sol";
import {Statements} from "../libraries/Statements.sol";

import {Credits} from "./Credits.sol";

/// @title Nodes
/// @notice Who is a node, what it has at stake, which keys speak for it, how it leaves and what a slash takes.
abstract contract Nodes is Credits, EIP712 {
    /// @dev One slot and the endpoint.
    struct Node {
        uint96 stake;
        uint40 leavesAt;
        uint32 openChallenges;
        bool registered;
        string endpoint;
    }

    /// @dev For whose fault about what. `evidence` is what `NodeSlashed` says it is.
    struct Slash {
        address node;
        address contest;
        uint256 entryId;
        Fault fault;
        bytes32 evidence;
    }

    uint256 private constant EXIT_WAIT = 7 days;
    uint256 private constant MAX_ENDPOINT = 256;
    /// @dev One part of a slash in so many goes to whoever brought the evidence.
    uint256 private constant REWARD_PART = 10;

    /// @inheritdoc INodeRegistry
    uint256 public immutable minStake;

    mapping(address node => Node) internal _nodes;
    /// @dev Never cleared: what a key once signed stays the node's word.
    mapping(address key => address node) private _nodeOfKey;

    /// @param minStake_ Least stake of an active node, in wei, above 0.
    constructor(uint256 minStake_) {
        if (minStake_ == 0) revert Nodes_NoAmount();
        minStake = minStake_;
    }

    /* NODE */

    /// @inheritdoc INodeRegistry
    function register(string calldata endpoint, address key, bytes calldata keyProof, uint256 stake) external {
        Node storage node = _nodes[msg.sender];
        if (node.registered) revert Nodes_Registered(msg.sender);
        if (stake < minStake) revert Nodes_StakeTooLow(stake, minStake);
        if (stake > type(uint96).max) revert Nodes_StakeTooLarge(stake);
        _checkEndpoint(endpoint);

        node.registered = true;
        node.stake = uint96(stake); // checked above
        node.endpoint = endpoint;
        emit NodeRegistered(msg.sender, endpoint, stake);
        _addKey(key, keyProof);
        _pullExactly(stake);
    }

    /// @inheritdoc INodeRegistry
    function addStake(uint256 amount) external {
        Node storage node = _stayingNode(msg.sender);
        if (amount == 0) revert Nodes_NoAmount();
        uint256 stake = node.stake;
        if (amount > type(uint96).max - stake) revert Nodes_StakeTooLarge(amount);

        _setStake(msg.sender, stake + amount);
        _pullExactly(amount);
    }

    /// @inheritdoc INodeRegistry
    function addKey(address key, bytes calldata keyProof) external {
        _stayingNode(msg.sender);
        _addKey(key, keyProof);
    }

    /// @inheritdoc INodeRegistry
    function setEndpoint(string calldata endpoint) external {
        Node storage node = _stayingNode(msg.sender);
        _checkEndpoint(endpoint);
        node.endpoint = endpoint;
        emit EndpointSet(msg.sender, endpoint);
    }

    /// @inheritdoc INodeRegistry
    function leave() external {
        Node storage node = _stayingNode(msg.sender);
        uint256 leavesAt = block.timestamp + EXIT_WAIT;
        node.leavesAt = uint40(leavesAt); // seconds since 1970 fit 40 bits for 34,000 years
        emit NodeLeaving(msg.sender, leavesAt);
    }

    /// @inheritdoc INodeRegistry
    function collect() external {
        Node storage node = _nodes[msg.sender];
        uint256 stake = node.stake;
        if (stake != 0 && _mayTakeStake(node)) {
            _setStake(msg.sender, 0);
            _credit(msg.sender, coin, stake);
        }
        if (creditOf(msg.sender, coin) == 0 && creditOf(msg.sender, NATIVE) == 0) _refuseCollection(node);

        bool paidCoins = _tryPay(msg.sender, coin);
        bool paidNative = _tryPay(msg.sender, NATIVE);
        if (!paidCoins && !paidNative) revert Nodes_NotPaid(msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc INodeRegistry
    function nodeOf(address node) external view returns (NodeView memory) {
        Node storage stored = _nodes[node];
        return
            NodeView({
                stake: stored.stake,
                leavesAt: stored.leavesAt,
                openChallenges: stored.openChallenges,
                active: _isActive(stored),
                endpoint: stored.endpoint
            });
    }

    /// @inheritdoc INodeRegistry
    function nodeOfKey(address key) external view returns (address) {
        return _nodeOfKey[key];
    }

    /* INTERNALS */

    /// @dev Returns the key that signed `structHash` for `node`, and what exactly it signed.
    function _requireKeyOf(
        address node,
        bytes32 structHash,
        bytes calldata signature
    ) internal view returns (address key, bytes32 digest) {
        digest = _hashTypedDataV4(structHash);
        key = ECDSA.recoverCalldata(digest, signature);
        if (node == address(0) || _nodeOfKey[key] != node) revert Nodes_BadSigner(key, node);
    }

    function _isActive(Node storage node) internal view returns (bool) {
        return node.stake >= minStake && node.leavesAt == 0;
    }

    /// @dev Takes `amount` wei, at most the stake: a tenth is credited to `bringer`, the rest burned. Calls the coin, so
    /// it comes last.
    function _slash(Slash memory what, uint256 amount, address bringer) internal {
        _setStake(what.node, _nodes[what.node].stake - amount);
        uint256 reward = amount / REWARD_PART;
        emit NodeSlashed(what.node, what.contest, what.entryId, what.fault, what.evidence, bringer, amount, reward);
        _credit(bringer, coin, reward);
        _burn(amount - reward);
    }

    function _setStake(address node, uint256 stake) private {
        _nodes[node].stake = uint96(stake); // every caller adds within the bound or takes away
        emit StakeSet(node, stake);
    }

    /// @dev Only the key's own signature over this node makes it the node's, so nobody can answer for a stranger's words.
    function _addKey(address key, bytes calldata keyProof) private {
        address holder = _nodeOfKey[key];
        if (key == address(0) || holder != address(0)) revert Nodes_KeyTaken(key, holder);
        bytes32 digest = _hashTypedDataV4(Statements.nodeKeyHash(msg.sender));
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, keyProof);
        if (problem != ECDSA.RecoverError.NoError || signer != key) revert Nodes_BadKeyProof(key);

        _nodeOfKey[key] = msg.sender;
        emit KeyAdded(msg.sender, key);
    }

    /// @dev The exit waits for its seven days and for every open challenge.
    function _mayTakeStake(Node storage node) private view returns (bool) {
        if (node.leavesAt == 0 || block.timestamp < node.leavesAt) return false;
        return node.openChallenges == 0;
    }

    /// @dev Says why there is nothing to collect.
    function _refuseCollection(Node storage node) private view {
        if (node.stake == 0) revert Nodes_NothingOwed(msg.sender);
        if (node.leavesAt == 0 || block.timestamp < node.leavesAt) revert Nodes_NotYet(node.leavesAt);
        revert Nodes_ChallengesOpen(node.openChallenges);
    }

    function _stayingNode(address account) private view returns (Node storage node) {
        node = _nodes[account];
        if (!node.registered) revert Nodes_Unknown(account);
        if (node.leavesAt != 0) revert Nodes_Inactive(account, node.stake, minStake);
    }

    function _checkEndpoint(string calldata endpoint) private pure {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT) revert Nodes_BadEndpoint(length);
    }
}
