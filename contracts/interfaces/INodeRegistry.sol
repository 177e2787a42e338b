// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a node signs about an entry it serves: EIP-712, domain "Coindrop Nodes" version "1".
/// @param node The node's address: the account that registered and holds the stake.
/// @param contest A contest of the registry's factory.
/// @param entryId An entry of that contest.
/// @param manifestHash The entry's manifest hash.
/// @param modelRoot The pieces root of the file the node verified.
/// @param modelSha256 The SHA-256 of the file the node verified.
/// @param engine SHA-256 of the canonical JSON that describes the engine.
/// @param epoch Hours since 1970.
struct Attestation {
    address node;
    address contest;
    uint256 entryId;
    bytes32 manifestHash;
    bytes32 modelRoot;
    bytes32 modelSha256;
    bytes32 engine;
    uint64 epoch;
}

/// @notice What the registry keeps of a node.
/// @param stake Wei of the registry's coin.
/// @param leavesAt Seconds since 1970 from which the stake can be collected; 0 while the node stays.
/// @param active Whether the stake reaches the minimum and the node is not leaving.
/// @param endpoint The node's base URL.
struct NodeView {
    uint96 stake;
    uint40 leavesAt;
    bool active;
    string endpoint;
}

/// @title Node registry
/// @notice Where node operators stake, name their endpoint and signing keys, and put what they signed on chain.
/// @dev Safety:
/// - A node's stake leaves only to the node, seven days after it said that it leaves.
/// - A key answers for at most one node, for ever: nobody can register a key without its own signature over the node.
/// - No owner, no pause, no upgrade.
///
/// Liveness:
/// - A node can always leave and, after the wait, collect.
///
/// What an attestation proves: that the node's key signed it. Not what the node runs.
interface INodeRegistry {
    /* EVENTS */

    /// @notice A node registered.
    /// @dev Promises to readers: 1. once for each node; 2. followed by `KeyAdded` for its first key; 3. `stake` was received.
    event NodeRegistered(address indexed node, string endpoint, uint256 stake);

    /// @notice A key signs for a node from now on.
    /// @dev Promises to readers: 1. once for each key; 2. the key signed its consent to this node.
    event KeyAdded(address indexed node, address indexed key);

    /// @notice A node's stake changed. `stake` is the whole stake after it, in wei.
    event StakeSet(address indexed node, uint256 stake);

    /// @notice A node moved to another base URL.
    event EndpointSet(address indexed node, string endpoint);

    /// @notice A node put a signed attestation on chain.
    /// @dev Promises to readers:
    /// 1. `key` signed exactly these values and was a key of `node`, which was active.
    /// 2. `contest` is one of the factory's. The hashes are what the node claims: compare them with the entry's.
    event Attested(
        address indexed node,
        address indexed contest,
        uint256 indexed entryId,
        address key,
        bytes32 manifestHash,
        bytes32 modelRoot,
        bytes32 modelSha256,
        bytes32 engine,
        uint64 epoch
    );

    /// @notice A node is leaving; it is inactive from now on and may collect from `leavesAt`, in seconds since 1970.
    event NodeLeaving(address indexed node, uint256 leavesAt);

    /// @notice A node took its stake and is gone.
    event Collected(address indexed node, uint256 amount);

    /* ERRORS */

    /// @notice The caller registered before.
    error Nodes_Registered(address node);
    /// @notice The account is no node, or has left.
    error Nodes_Unknown(address node);
    /// @notice The node's stake is below the minimum, or it is leaving.
    error Nodes_Inactive(address node, uint256 stake, uint256 minStake);
    /// @notice The stake is below the minimum, in wei.
    error Nodes_StakeTooLow(uint256 stake, uint256 minStake);
    /// @notice The stake would not fit 96 bits, in wei.
    error Nodes_StakeTooLarge(uint256 stake);
    /// @notice The endpoint is empty or over 256 bytes.
    error Nodes_BadEndpoint(uint256 length);
    /// @notice The key is zero or answers for a node already.
    error Nodes_KeyTaken(address key, address node);
    /// @notice The key did not sign its consent.
    error Nodes_BadKeyProof(address key);
    /// @notice The signer of an attestation is no key of the node it names.
    error Nodes_BadSigner(address signer, address node);
    /// @notice The contest is none of the factory's.
    error Nodes_UnknownContest(address contest);
    /// @notice The epoch lies in the future or more than 24 hours back.
    error Nodes_BadEpoch(uint64 epoch, uint64 current);
    /// @notice Two lists that belong together differ in length, or are empty.
    error Nodes_BadLists(uint256 first, uint256 second);
    /// @notice An amount of 0 means nothing.
    error Nodes_NoAmount();
    /// @notice The node has not said that it leaves, or its wait is not over. `leavesAt` in seconds since 1970, 0 for never.
    error Nodes_NotYet(uint256 leavesAt);
    /// @notice The coin delivered another amount than it was asked for, in wei.
    error Nodes_Short(uint256 expected, uint256 received);

    /* NODE */

    /// @notice Registers the caller as a node.
    /// @param endpoint Base URL, 1 to 256 bytes.
    /// @param key Address of the signing key.
    /// @param keyProof The key's EIP-712 signature of `NodeKey(address node)` with the caller as node.
    /// @param stake Wei of the registry's coin, at least `minStake`.
    function register(string calldata endpoint, address key, bytes calldata keyProof, uint256 stake) external;

    /// @notice Adds `amount` wei to the caller's stake.
    function addStake(uint256 amount) external;

    /// @notice Adds a signing key to the caller's node. Old keys stay answerable.
    function addKey(address key, bytes calldata keyProof) external;

    /// @notice Changes the caller's base URL.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Puts signed attestations on chain. Anyone may carry them.
    function attest(Attestation[] calldata attestations, bytes[] calldata signatures) external;

    /// @notice Starts the wait of seven days after which the stake can be collected. Cannot be taken back.
    function leave() external;

    /// @notice Pays the stake of a node that has left to it.
    function collect() external;

    /* VIEWS */

    /// @notice Returns what is kept of a node; all zero for an unknown one.
    function nodeOf(address node) external view returns (NodeView memory);

    /// @notice Returns the node that a key answers for, or zero.
    function nodeOfKey(address key) external view returns (address);

    /// @notice Returns the coin that stakes are paid in.
    function coin() external view returns (address);

    /// @notice Returns the factory whose contests can be attested.
    function factory() external view returns (address);

    /// @notice Returns the least stake of an active node, in wei.
    function minStake() external view returns (uint256);
}
