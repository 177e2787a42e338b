// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IContestFactory} from "../interfaces/IContestFactory.sol";
import {Attestation, INodeRegistry, NodeView} from "../interfaces/INodeRegistry.sol";
import {Coins} from "../libraries/Coins.sol";

/// @title Node registry
contract NodeRegistry is INodeRegistry, EIP712 {
    using SafeERC20 for IERC20;

    /// @dev One slot and the endpoint.
    struct Node {
        uint96 stake;
        uint40 leavesAt;
        bool registered;
        string endpoint;
    }

    bytes32 private constant NODE_KEY_TYPE = keccak256("NodeKey(address node)");
    bytes32 private constant ATTESTATION_TYPE = keccak256(
        "Attestation(address node,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,bytes32 modelSha256,bytes32 engine,uint64 epoch)"
    );
    uint256 private constant EXIT_WAIT = 7 days;
    uint256 private constant EPOCH = 1 hours;
    uint256 private constant MAX_EPOCHS_BACK = 24;
    uint256 private constant MAX_ENDPOINT = 256;

    /// @inheritdoc INodeRegistry
    address public immutable coin;
    /// @inheritdoc INodeRegistry
    address public immutable factory;
    /// @inheritdoc INodeRegistry
    uint256 public immutable minStake;

    mapping(address node => Node) private _nodes;
    /// @dev Never cleared: what a key once signed stays the node's word.
    mapping(address key => address node) private _nodeOfKey;

    /// @param coin_ What stakes are paid in: a plain ERC-20.
    /// @param factory_ Whose contests can be attested.
    /// @param minStake_ Least stake of an active node, in wei, above 0.
    constructor(address coin_, address factory_, uint256 minStake_) EIP712("Coindrop Nodes", "1") {
        if (minStake_ == 0) revert Nodes_NoAmount();
        coin = coin_;
        factory = factory_;
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

        stake += amount;
        node.stake = uint96(stake); // checked above
        emit StakeSet(msg.sender, stake);
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
    function attest(Attestation[] calldata attestations, bytes[] calldata signatures) external {
        if (attestations.length != signatures.length || attestations.length == 0) {
            revert Nodes_BadLists(attestations.length, signatures.length);
        }
        for (uint256 i = 0; i < attestations.length; ++i) _attest(attestations[i], signatures[i]);
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
        if (stake == 0) revert Nodes_Unknown(msg.sender);
        if (node.leavesAt == 0 || block.timestamp < node.leavesAt) revert Nodes_NotYet(node.leavesAt);

        node.stake = 0;
        emit Collected(msg.sender, stake);
        IERC20(coin).safeTransfer(msg.sender, stake);
    }

    /* VIEWS */

    /// @inheritdoc INodeRegistry
    function nodeOf(address node) external view returns (NodeView memory) {
        Node storage stored = _nodes[node];
        return
            NodeView({
                stake: stored.stake,
                leavesAt: stored.leavesAt,
                active: _isActive(stored),
                endpoint: stored.endpoint
            });
    }

    /// @inheritdoc INodeRegistry
    function nodeOfKey(address key) external view returns (address) {
        return _nodeOfKey[key];
    }

    /* INTERNALS */

    function _attest(Attestation calldata said, bytes calldata signature) private {
        Node storage node = _nodes[said.node];
        if (!_isActive(node)) revert Nodes_Inactive(said.node, node.stake, minStake);
        uint256 current = block.timestamp / EPOCH;
        if (said.epoch > current || said.epoch + MAX_EPOCHS_BACK < current) {
            revert Nodes_BadEpoch(said.epoch, uint64(current)); // hours fit 64 bits
        }
        if (!IContestFactory(factory).isContest(said.contest)) revert Nodes_UnknownContest(said.contest);
        address key = ECDSA.recoverCalldata(_hashTypedDataV4(_structHash(said)), signature);
        if (_nodeOfKey[key] != said.node) revert Nodes_BadSigner(key, said.node);

        emit Attested(
            said.node,
            said.contest,
            said.entryId,
            key,
            said.manifestHash,
            said.modelRoot,
            said.modelSha256,
            said.engine,
            said.epoch
        );
    }

    /// @dev Only the key's own signature over this node makes it the node's, so nobody can answer for a stranger's words.
    function _addKey(address key, bytes calldata keyProof) private {
        address holder = _nodeOfKey[key];
        if (key == address(0) || holder != address(0)) revert Nodes_KeyTaken(key, holder);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(NODE_KEY_TYPE, msg.sender)));
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, keyProof);
        if (problem != ECDSA.RecoverError.NoError || signer != key) revert Nodes_BadKeyProof(key);

        _nodeOfKey[key] = msg.sender;
        emit KeyAdded(msg.sender, key);
    }

    function _pullExactly(uint256 amount) private {
        uint256 received = Coins.pull(IERC20(coin), msg.sender, amount);
        if (received != amount) revert Nodes_Short(amount, received);
    }

    function _stayingNode(address account) private view returns (Node storage node) {
        node = _nodes[account];
        if (!node.registered) revert Nodes_Unknown(account);
        if (node.leavesAt != 0) revert Nodes_Inactive(account, node.stake, minStake);
    }

    function _isActive(Node storage node) private view returns (bool) {
        return node.stake >= minStake && node.leavesAt == 0;
    }

    function _checkEndpoint(string calldata endpoint) private pure {
        uint256 length = bytes(endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT) revert Nodes_BadEndpoint(length);
    }

    /// @dev Field order and types are those of `ATTESTATION_TYPE`, all of one word each. Source: EIP-712, encodeData.
    function _structHash(Attestation calldata said) private pure returns (bytes32) {
        return keccak256(abi.encode(ATTESTATION_TYPE, said));
    }
}
