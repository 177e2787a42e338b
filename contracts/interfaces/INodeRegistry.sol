// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a node signs about an entry it serves: EIP-712, domain "Coindrop Nodes" version "1", the chain's id, the
/// registry as verifying contract, type
/// `Attestation(address node,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,bytes32 modelSha256,
/// bytes32 engine,uint64 epoch)`, in one line without a space after a comma.
/// @dev Sign only about an entry whose `EntrySubmitted` lies in a finalised block: until then a reorganisation can give its
/// id to another entry, about which the same words are false.
/// @param node The node's address: the account that registered and holds the stake.
/// @param contest A contest of the registry's factory.
/// @param entryId An entry of that contest.
/// @param manifestHash The entry's manifest hash.
/// @param modelRoot The pieces root of the file the node verified; see `EntryHashes`.
/// @param modelSha256 The SHA-256 of the file the node verified.
/// @param engine SHA-256 of the canonical JSON (RFC 8785) that describes the engine.
/// @param epoch Hours since 1970: ⌊seconds / 3,600⌋.
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

/// @notice What a node signs about one answer it gave: EIP-712, domain as for `Attestation`, type
/// `Receipt(address node,address client,address contest,uint256 entryId,bytes32 manifestHash,bytes32 modelRoot,
/// uint64 epoch,uint64 nonce,bytes32 requestHash,bytes32 responseHash,bytes32 paramsHash,uint64 seed,uint32 promptTokens,
/// uint32 outputTokens,uint32 firstTokenMs,uint32 totalMs)`, in one line without a space after a comma. It goes to the
/// client, not on chain; it comes here only as evidence.
/// @dev Sign only about entries in finalised blocks, as for `Attestation`.
/// @param node The node's address.
/// @param client The address that the client named, or zero.
/// @param contest A contest of the registry's factory.
/// @param entryId An entry of that contest.
/// @param manifestHash The entry's manifest hash.
/// @param modelRoot The pieces root of the file that answered.
/// @param epoch Hours since 1970: ⌊seconds / 3,600⌋.
/// @param nonce 64 random bits.
/// @param requestHash SHA-256 of 16 bytes of salt, which the client is told, followed by the ids of the prompt's tokens,
/// each as 4 bytes, little end first.
/// @param responseHash SHA-256 of the same salt, followed by the ids of the answer's tokens in the same form.
/// @param paramsHash SHA-256 of the canonical JSON (RFC 8785) of the sampling parameters.
/// @param seed Seed of the sampling.
/// @param promptTokens Tokens of the prompt.
/// @param outputTokens Tokens of the answer.
/// @param firstTokenMs Milliseconds to the first token.
/// @param totalMs Milliseconds to the last token.
struct Receipt {
    address node;
    address client;
    address contest;
    uint256 entryId;
    bytes32 manifestHash;
    bytes32 modelRoot;
    uint64 epoch;
    uint64 nonce;
    bytes32 requestHash;
    bytes32 responseHash;
    bytes32 paramsHash;
    uint64 seed;
    uint32 promptTokens;
    uint32 outputTokens;
    uint32 firstTokenMs;
    uint32 totalMs;
}

/// @notice An entry's three hashes as its `EntrySubmitted` has them. The contest keeps only their hash,
/// identity = keccak256(abi.encode(manifestHash, modelSha256, modelRoot)).
/// @dev The pieces root of a file of s ≥ 1 bytes is the root of this tree. Source: BEP 52, pieces root.
/// - The file is cut into ⌈s / 16,384⌉ blocks of 16,384 bytes; the last one is as short as it is. A block's leaf is its
///   SHA-256, without padding.
/// - Leaves of 32 zero bytes, hashes of nothing, follow up to a power of two.
/// - A node of the tree is the SHA-256 of its two children, 64 bytes, the left one first.
/// - So ⌈log₂ blocks⌉ siblings lead from a leaf to the root; a file of one block has none, its root is its leaf.
/// @param manifestHash SHA-256 of the manifest in canonical JSON (RFC 8785).
/// @param modelSha256 SHA-256 of the model file.
/// @param modelRoot Pieces root of the model file.
struct EntryHashes {
    bytes32 manifestHash;
    bytes32 modelSha256;
    bytes32 modelRoot;
}

/// @notice What a node was slashed for.
enum Fault {
    FalseAttestation,
    FalseReceipt,
    MissingBlock
}

/// @notice What the registry keeps of an open block challenge; all zero once it is closed.
/// @param node Who is asked.
/// @param answerBy Seconds since 1970 before which an answer counts and from which the challenge can be expired.
/// @param modelSize Bytes of the entry's model file.
/// @param challenger Who asks.
/// @param bond Wei of the chain's own coin.
/// @param contest The entry's contest.
/// @param entryId The entry.
/// @param index Which block, counted from 0.
/// @param modelRoot The entry's pieces root.
struct BlockChallenge {
    address node;
    uint40 answerBy;
    uint48 modelSize;
    address challenger;
    uint96 bond;
    address contest;
    uint16 entryId;
    uint40 index;
    bytes32 modelRoot;
}

/// @notice What the registry keeps of a node.
/// @param stake Wei of the registry's coin.
/// @param leavesAt Seconds since 1970 from which the stake can be collected; 0 while the node stays.
/// @param openChallenges Block challenges that are neither answered nor expired; the stake waits for them.
/// @param active Whether the stake reaches the minimum and the node is not leaving.
/// @param endpoint The node's base URL.
struct NodeView {
    uint96 stake;
    uint40 leavesAt;
    uint32 openChallenges;
    bool active;
    string endpoint;
}

/// @title Node registry
/// @notice Where node operators stake, name their endpoint and signing keys, put what they signed on chain, and lose
/// their stake on evidence that anyone can check.
///
/// @dev Safety, which holds whatever anybody does:
/// - A node's stake shrinks in three ways only: the node takes it, seven days after it said that it leaves; one of its
///   keys signed a hash that is not the entry's; a block of a file that it attested in the last 24 epochs was not
///   brought within 24 hours. So a node that signs only what is true of entries in finalised blocks, and answers block
///   challenges in time, is never slashed.
/// - What is false about an entry never changes, once its block is final: entries cannot be edited. About an entry that
///   does not exist, nothing is evidence. Before its block is final a reorganisation can give its id to another entry,
///   and a node that signed too early loses its whole stake for words that were true when it signed them.
/// - A key answers for at most one node, for ever: nobody can register a key without its own signature over the node.
///   Signatures are ECDSA over EIP-712 for this registry on this chain, with low s.
/// - One statement costs a stake of at least `minStake` at most once. A smaller stake is taken whole, too, and then the
///   statement is good once more against what the node adds later; else a node could use its lies up on next to nothing.
/// - Nobody gains by slashing themselves: a tenth goes to whoever brought the evidence, the rest is burned.
/// - The registry's coin balance covers all stakes, all coin credits and what is still to be burned; its native balance
///   covers all open bonds and all native credits.
/// - No owner, no pause, no upgrade.
///
/// Formulas, in whole numbers, rounded down where nothing else is said. Source of each: contracts/PROTOCOL.md, Nodes.
/// - A false statement costs the stake, a missing block ⌊stake / 5⌋. Of x wei lost ⌊x / 10⌋ are the bringer's.
/// - Bond of a block challenge: max(minBlockBond, 1,500,000 · 2 · base fee of the block), at most 2⁹⁶ − 1. (Base fee:
///   EIP-1559.)
/// - With s the file's bytes and i the index: block i has min(16,384, s − 16,384 · i) bytes, its path
///   ⌈log₂ ⌈s / 16,384⌉⌉ hashes. (BEP 52; see `EntryHashes`.)
///
/// Liveness, which needs that the chain includes a transaction within 24 hours:
/// - A node can always leave. No challenge can be opened once its seven days are over, and open ones can be closed by
///   anyone 24 hours after they were opened, so its stake is free at most 24 hours later.
/// - A challenge can be answered by anyone who has the block, at any time in its 24 hours.
/// - Whatever is owed is pulled. One account that cannot be paid, in one coin or in both, stops nothing but that payment.
/// - A coin that refuses 0x…dEaD shields nobody: the slash holds, and the burning waits for `burn`.
///
/// Assumptions: the coin is a plain ERC-20; the factory's contests keep entries as `IContest` says; a finalised block
/// stays.
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
    /// @dev Promises to readers: 1. after `NodeRegistered`, emitted at every change: top-up, slash, exit; 2. 0 in a call
    /// of `collect` means that the node has left.
    event StakeSet(address indexed node, uint256 stake);

    /// @notice A node moved to another base URL.
    /// @dev Promises to readers: 1. the node sent this itself and was not leaving; 2. `endpoint`, 1 to 256 bytes, replaces the
    /// one of `NodeRegistered` or of the `EndpointSet` before. Nobody checked that anything answers there.
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
    /// @dev Promises to readers:
    /// 1. At most once for a node, which sent this itself; never taken back. `leavesAt` is seven days after this block.
    /// 2. No `Attested`, `KeyAdded` or `EndpointSet` of the node follows, and its stake never grows again.
    /// 3. No `BlockChallenged` of the node comes from `leavesAt` on. Until the stake is collected it can be slashed.
    event NodeLeaving(address indexed node, uint256 leavesAt);

    /// @notice A node lost stake.
    /// @dev Promises to readers:
    /// 1. Comes after the `StakeSet` that tells what is left.
    /// 2. `amount` is the whole stake for a false statement and ⌊stake / 5⌋ for a missing block, never 0.
    /// 3. `reward` = ⌊amount / 10⌋ was credited to `bringer`; the rest is burned now or by a later `burn`.
    /// 4. `evidence` is the EIP-712 digest of the false statement, or the id of the block challenge.
    /// 5. A statement whose `amount` reached `minStake` is punished for good: `isPunished(evidence)`.
    /// @param node Who lost it.
    /// @param contest Whose entry the fault is about.
    /// @param entryId The entry.
    /// @param fault See `Fault`.
    /// @param evidence See promise 4.
    /// @param bringer Who showed the statement, or opened the challenge.
    /// @param amount Wei of the coin taken from the stake.
    /// @param reward Wei of it that are the bringer's.
    event NodeSlashed(
        address indexed node,
        address indexed contest,
        uint256 indexed entryId,
        Fault fault,
        bytes32 evidence,
        address bringer,
        uint256 amount,
        uint256 reward
    );

    /// @notice A node was asked for a block of a file that it attested.
    /// @dev Promises to readers:
    /// 1. Ids count up from 1. Each is followed by exactly one `BlockAnswered` or `BlockExpired`, or is open.
    /// 2. At most one is open for a node and an entry.
    /// 3. The registry holds `bond` wei of the chain's own coin while it is open.
    /// @param challengeId The challenge's id.
    /// @param node Who is asked.
    /// @param contest The entry's contest.
    /// @param entryId The entry whose file it is.
    /// @param index Which block of 16 KiB, counted from 0.
    /// @param challenger Who asks.
    /// @param bond Wei of the chain's own coin.
    /// @param answerBy Seconds since 1970 before which the answer must be in.
    event BlockChallenged(
        uint256 indexed challengeId,
        address indexed node,
        address indexed contest,
        uint256 entryId,
        uint256 index,
        address challenger,
        uint256 bond,
        uint256 answerBy
    );

    /// @notice The block was brought in time.
    /// @dev Promises to readers: 1. the challenge is closed; 2. its bond was credited to `node`, whoever carried the answer.
    event BlockAnswered(uint256 indexed challengeId, address indexed node);

    /// @notice The block was not brought in time.
    /// @dev Promises to readers: 1. the challenge is closed; 2. its bond was credited to the challenger; 3. a
    /// `NodeSlashed` follows in the same transaction unless a fifth of the stake is 0.
    event BlockExpired(uint256 indexed challengeId, address indexed node);

    /// @notice Coins are owed to an account and wait for its `collect`. `token` is zero for the chain's own coin.
    /// @dev Promises to readers: 1. the sum of credits minus the sum of collected amounts is `creditOf`.
    event Credited(address indexed account, address indexed token, uint256 amount);

    /// @notice An account was paid what it was owed. `token` is zero for the chain's own coin.
    /// @dev Promises to readers: 1. `amount`, above 0, was paid in this transaction to `account`, which called `collect`
    /// itself; 2. it is at most what the account was owed: while the chain's own coin is on its way, more can be credited.
    event Collected(address indexed account, address indexed token, uint256 amount);

    /// @notice Slashed coins were sent to 0x…dEaD.
    /// @dev Promises to readers: 1. Σ (amount − reward) of `NodeSlashed` minus the sum of burned amounts is `unburned`.
    event Burned(uint256 amount);

    /* ERRORS */

    /// @notice The caller registered before.
    error Nodes_Registered(address node);
    /// @notice The account is no node.
    error Nodes_Unknown(address node);
    /// @notice The node's stake is below the minimum, or it is leaving. Amounts in wei.
    error Nodes_Inactive(address node, uint256 stake, uint256 minStake);
    /// @notice The stake is below the minimum, in wei.
    error Nodes_StakeTooLow(uint256 stake, uint256 minStake);
    /// @notice The stake would not fit 96 bits. `stake`: the wei to be staked, or to be added.
    error Nodes_StakeTooLarge(uint256 stake);
    /// @notice The endpoint is empty or over 256 bytes.
    error Nodes_BadEndpoint(uint256 length);
    /// @notice The key is zero or answers for a node already.
    error Nodes_KeyTaken(address key, address node);
    /// @notice The key did not sign its consent.
    error Nodes_BadKeyProof(address key);
    /// @notice The signer of a statement is no key of the node it names.
    error Nodes_BadSigner(address signer, address node);
    /// @notice The contest is none of the factory's.
    error Nodes_UnknownContest(address contest);
    /// @notice The contest never had such an entry.
    error Nodes_UnknownEntry(address contest, uint256 entryId);
    /// @notice The hashes brought along are not the entry's.
    error Nodes_WrongHashes(bytes32 identity, bytes32 given);
    /// @notice Every hash in the statement is the entry's: it is no evidence against anybody.
    error Nodes_StatementTrue();
    /// @notice The node paid for this very statement, an EIP-712 digest, with at least `minStake` already.
    error Nodes_Punished(bytes32 statement);
    /// @notice The node has no stake that could be lost.
    error Nodes_NothingAtStake(address node);
    /// @notice The epoch lies in the future or too far back: over 24 epochs for `attest`, over 23 for `challengeBlock`.
    /// Both in hours since 1970.
    error Nodes_BadEpoch(uint64 epoch, uint64 current);
    /// @notice Two lists that belong together differ in length, or are empty.
    error Nodes_BadLists(uint256 first, uint256 second);
    /// @notice An amount of 0 means nothing.
    error Nodes_NoAmount();
    /// @notice It is too early. `from`: seconds since 1970 from which it is possible; 0 when the node has not said that
    /// it leaves.
    error Nodes_NotYet(uint256 from);
    /// @notice The coin delivered another amount than it was asked for, in wei.
    error Nodes_Short(uint256 expected, uint256 received);
    /// @notice The coin called back to bring more coins while some were on their way and being measured.
    error Nodes_Nested();
    /// @notice The stake waits for open block challenges to be answered or expired.
    error Nodes_ChallengesOpen(uint256 count);
    /// @notice Nothing is owed to this account.
    error Nodes_NothingOwed(address account);
    /// @notice No coin that is owed to this account could be moved to it.
    error Nodes_NotPaid(address account);
    /// @notice Less than the bond came along, in wei of the chain's own coin.
    error Nodes_BondTooLow(uint256 sent, uint256 bond);
    /// @notice The file has fewer blocks.
    error Nodes_NoSuchBlock(uint256 index, uint256 blocks);
    /// @notice The seven days of the node's exit are over; `leavesAt` in seconds since 1970.
    error Nodes_Left(address node, uint256 leavesAt);
    /// @notice A challenge is open for this node and entry.
    error Nodes_ChallengeOpen(uint256 challengeId);
    /// @notice There is no such open challenge.
    error Nodes_NoChallenge(uint256 challengeId);
    /// @notice The answer comes too late. `answerBy` in seconds since 1970.
    error Nodes_TooLate(uint256 answerBy);
    /// @notice The block has another length, in bytes.
    error Nodes_WrongBlockLength(uint256 length, uint256 expected);
    /// @notice The path has another number of hashes than the file's tree has levels.
    error Nodes_WrongPathLength(uint256 length, uint256 expected);
    /// @notice Block and path lead to `root`, which is not the entry's.
    error Nodes_WrongBlock(bytes32 root, bytes32 expected);

    /* NODE */

    /// @notice Registers the caller as a node.
    /// @param endpoint Base URL, 1 to 256 bytes.
    /// @param key Address of the signing key.
    /// @param keyProof The key's EIP-712 signature of `NodeKey(address node)` with the caller as node.
    /// @param stake Wei of the registry's coin, at least `minStake`.
    function register(string calldata endpoint, address key, bytes calldata keyProof, uint256 stake) external;

    /// @notice Adds `amount` wei to the caller's stake; a node that was slashed below the minimum is active again once
    /// it reaches it.
    function addStake(uint256 amount) external;

    /// @notice Adds a signing key to the caller's node. Old keys stay answerable.
    function addKey(address key, bytes calldata keyProof) external;

    /// @notice Changes the caller's base URL.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Puts signed attestations on chain. Anyone may carry them.
    /// @dev All or none. Each: by a key of its node, which is active; of a contest of the factory's; its epoch not in the
    /// future and at most 24 back. Whether its hashes are the entry's is not asked.
    function attest(Attestation[] calldata attestations, bytes[] calldata signatures) external;

    /// @notice Starts the wait of seven days after which the stake can be collected. Cannot be taken back.
    function leave() external;

    /// @notice Pays the caller all that is credited to it in the registry's coin and in the chain's own coin, and the
    /// stake of a node whose seven days are over and that has no open challenge.
    /// @dev Each of the two coins that cannot be paid stays credited; both failing is refused. So nobody can block the
    /// payment in one coin by forcing a credit in the other on an account that cannot take it.
    function collect() external;

    /* EVIDENCE */

    /// @notice Slashes the whole stake of a node that signed an attestation one of whose hashes is not the entry's.
    /// @dev Anyone may bring it, until the stake has left. The entry may have any status; the node's key may be any that
    /// it ever registered; the epoch does not matter. The hashes must lead to the entry's `identity`. It takes the whole
    /// stake, under `minStake` or not; only from `minStake` on is the statement used up (`isPunished`).
    /// @param said What was signed.
    /// @param signature The key's signature of it.
    /// @param hashes The entry's true hashes.
    function slashAttestation(
        Attestation calldata said,
        bytes calldata signature,
        EntryHashes calldata hashes
    ) external;

    /// @notice Slashes the whole stake of a node that signed a receipt whose manifest or root is not the entry's.
    /// @dev As `slashAttestation`.
    function slashReceipt(Receipt calldata said, bytes calldata signature, EntryHashes calldata hashes) external;

    /// @notice Asks a node for a block of the file of an entry that it attested in one of the last 24 epochs, the
    /// current one included. Payable: `blockBond()` is held as bond, what is sent above it is credited to the caller.
    /// @dev The block asked for is the entry's, whatever hashes the attestation names. The node has a stake, and the seven
    /// days of its exit are not over.
    /// @param said An attestation of the node for the entry.
    /// @param signature The key's signature of it.
    /// @param hashes The entry's true hashes.
    /// @param index Which block of 16 KiB, counted from 0.
    /// @return challengeId The challenge's id, counting from 1.
    function challengeBlock(
        Attestation calldata said,
        bytes calldata signature,
        EntryHashes calldata hashes,
        uint256 index
    ) external payable returns (uint256 challengeId);

    /// @notice Brings the block that a challenge asks for. Anyone may; the bond is credited to the node.
    /// @dev Refused from `answerBy` on, expired or not: a deadline that holds only once somebody says so would let a node
    /// wait for the call that expires it and answer just before.
    ///
    /// Both lengths must be exact. Nothing in a hash of this tree tells leaves from inner nodes: with a shorter path the 64
    /// bytes of two children would pass for a block, with a longer one a last block of 64 bytes for two children.
    /// @param challengeId The challenge's id.
    /// @param data The block: 16,384 bytes, or what is left for the last one.
    /// @param path Siblings from the leaf's own up to the root's child, ⌈log₂ blocks⌉ of 32 bytes; none for a file of one
    /// block. Bit k of the index, from the lowest, says where sibling k stands: left of the path if it is 1, else right.
    function answerBlock(uint256 challengeId, bytes calldata data, bytes32[] calldata path) external;

    /// @notice Closes a challenge that was not answered in time: the bond is credited to the challenger, and the node
    /// loses a fifth of what it has at stake. Anyone may call it.
    function expireBlock(uint256 challengeId) external;

    /// @notice Sends slashed coins that could not be sent before to 0x…dEaD. Anyone may call it.
    function burn() external;

    /* VIEWS */

    /// @notice Returns what is kept of a node; all zero for an unknown one.
    function nodeOf(address node) external view returns (NodeView memory);

    /// @notice Returns the node that a key answers for, or zero.
    function nodeOfKey(address key) external view returns (address);

    /// @notice Returns what `collect` would pay an account: wei of the coin, or of the chain's own coin for `token` zero.
    function creditOf(address account, address token) external view returns (uint256);

    /// @notice Returns whether a node paid a whole stake for the statement with this EIP-712 digest.
    function isPunished(bytes32 statement) external view returns (bool);

    /// @notice Returns an open challenge; all zero for a closed or unknown one.
    function challengeOf(uint256 challengeId) external view returns (BlockChallenge memory);

    /// @notice Returns the id of the open challenge for a node and an entry, or 0.
    function openChallengeOf(address node, address contest, uint256 entryId) external view returns (uint256);

    /// @notice Returns how many challenges were ever opened: the highest id.
    function challengeCount() external view returns (uint256);

    /// @notice Returns the bond of a challenge in this block: twice the base fee for 1.5 million gas, which carries the
    /// deepest answer, at least `minBlockBond`, and at most 2⁹⁶ − 1. Wei of the chain's own coin.
    function blockBond() external view returns (uint256);

    /// @notice Returns the wei of slashed coins that could not be sent to 0x…dEaD yet.
    function unburned() external view returns (uint256);

    /// @notice Returns the coin that stakes are paid in.
    function coin() external view returns (address);

    /// @notice Returns the factory whose contests nodes can speak of.
    function factory() external view returns (address);

    /// @notice Returns the least stake of an active node, in wei.
    function minStake() external view returns (uint256);

    /// @notice Returns the least bond of a block challenge, in wei of the chain's own coin.
    function minBlockBond() external view returns (uint256);
}
