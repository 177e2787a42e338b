// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "./IArbitrable.sol";
import {IEvidence} from "./IEvidence.sol";

/// @notice What an organiser fixes once, when the contest is created. Nothing here can change afterwards.
/// @dev `ContestFactory.create` checks the bounds below and no others; what breaks one is refused with
/// `Rules_OutOfBounds`, `Rules_NoCode` or `Rules_SupplyTooLarge`. "Now" is the time of that block.
/// @param coin What voters stake and bonds are paid in: a plain ERC-20 that exists and whose `totalSupply` is under 2⁹⁶.
/// @param prizeToken What the pot is made of: an ERC-20 that exists; may equal `coin`.
/// @param personhood Adapter that decides who is a person: a contract that exists; zero makes an open contest where
/// every coin counts the same.
/// @param arbitrator ERC-792 arbitrator that rules on challenged entries: a contract that exists; zero when entries
/// cannot be challenged.
/// @param arbitratorExtraDataHash keccak256 of the bytes a challenger passes on to the arbitrator; any value.
/// @param declarationHash keccak256 of the eligibility text that an author signs up to by submitting; any value.
/// @param entriesOpen Seconds since 1970 from which entries are accepted; may be past.
/// @param votesOpen Seconds since 1970; entries close and voting opens. After `entriesOpen` and after now.
/// @param countFrom Seconds since 1970; the averaging window opens. `votesOpen` or later.
/// @param votesClose Seconds since 1970; window and voting close. After `countFrom`, by less than 2²⁴ seconds (194 days),
/// and at most 730 days after now.
/// @param rulingTimeout Seconds an arbitrator has for a ruling: 86,400 to 5,184,000 (1 to 60 days).
/// @param maxEntries Most live entries at one time, at least 1.
/// @param maxModelBytes Largest model file in bytes, at least 1.
/// @param personCap Most wei that a person may have counted in the whole contest, at least `entryCap`; 0 in an open
/// contest.
/// @param entryCap Most wei that a person may have counted on one entry, above 0; 0 in an open contest.
/// @param entryBond Wei of `coin` that an author deposits with an entry, above 0.
/// @param challengeBond Wei of `coin` that a challenger deposits; above 0 where there is an arbitrator.
/// @param minTally Least average weight over the window that holds a rank; any value.
/// @param split Basis points of the pot for ranks 1 to 10; they sum to 10,000.
struct Rules {
    address coin;
    address prizeToken;
    address personhood;
    address arbitrator;
    bytes32 arbitratorExtraDataHash;
    bytes32 declarationHash;
    uint40 entriesOpen;
    uint40 votesOpen;
    uint40 countFrom;
    uint40 votesClose;
    uint32 rulingTimeout;
    uint16 maxEntries;
    uint48 maxModelBytes;
    uint96 personCap;
    uint96 entryCap;
    uint96 entryBond;
    uint96 challengeBond;
    uint96 minTally;
    uint16[10] split;
}

/// @notice What a signed order asks for.
enum OrderKind {
    Drop,
    Withdraw
}

/// @notice A stake or a withdrawal that `voter` signed and anyone may carry: EIP-712, domain "Coindrop" version "1", the
/// chain's id, the contest as verifying contract. The two types have the same fields in the same order:
/// `Drop(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)` and
/// `Withdraw(address voter,uint256 entryId,uint256 amount,uint256 nonce,uint256 deadline)`.
/// An order names an entry by its id alone, and holds for whichever entry has that id when it is carried. Sign one only
/// once the block of the entry's `EntrySubmitted` is final: above all before `votesOpen`, when a reorganisation can still
/// give the id to another author.
/// @param kind Which of the two types was signed.
/// @param voter Whose coins move, and who signed.
/// @param entryId On which entry.
/// @param amount Wei of the coin, above 0. A withdrawal goes to the voter and to nobody else.
/// @param nonce From 0 to 111, each good for one order of the voter on the entry, in any order. Both kinds share them.
/// @param deadline Seconds since 1970 of the last moment at which the order can be carried.
/// @param signature 65 bytes of a key, or what the voter's wallet accepts (ERC-1271).
struct Order {
    OrderKind kind;
    address voter;
    uint256 entryId;
    uint256 amount;
    uint256 nonce;
    uint256 deadline;
    bytes signature;
}

/// @notice Where a contest stands. The first four follow the clock, `Final` begins with `finalize`.
enum Phase {
    Upcoming,
    Entry,
    Voting,
    Counting,
    Final
}

/// @notice What became of an entry. `None` marks an id that was never given out.
enum EntryStatus {
    None,
    Live,
    Challenged,
    Retracted,
    Removed
}

/// @notice What an author submits.
/// @param manifestHash SHA-256 of the manifest in canonical JSON (RFC 8785).
/// @param modelSha256 SHA-256 of the GGUF file.
/// @param modelRoot Pieces root of the GGUF file (BEP 52: SHA-256 tree over blocks of 16 KiB).
/// @param modelSize Bytes of the GGUF file, 1 to `maxModelBytes`.
/// @param manifestURI Where the manifest can be fetched; 1 to 512 bytes; readers check the hash.
struct EntryInput {
    bytes32 manifestHash;
    bytes32 modelSha256;
    bytes32 modelRoot;
    uint48 modelSize;
    string manifestURI;
}

/// @notice What the chain keeps of an entry.
/// @param author Who submitted it and who is paid.
/// @param modelSize Bytes of the model file.
/// @param status See `EntryStatus`.
/// @param bondHeld Whether the contest still holds the entry bond.
/// @param identity keccak256(abi.encode(manifestHash, modelSha256, modelRoot)).
struct EntryView {
    address author;
    uint48 modelSize;
    EntryStatus status;
    bool bondHeld;
    bytes32 identity;
}

/// @notice The running tally of an entry.
/// @param weight Sum of the weights that count on it now (wei in an open contest, square roots of wei otherwise).
/// @param acc Weight times seconds gathered inside the averaging window up to `last`.
/// @param last Seconds after `countFrom` up to which `acc` is complete, clamped to the window.
/// @param status See `EntryStatus`.
struct Tally {
    uint96 weight;
    uint120 acc;
    uint24 last;
    EntryStatus status;
}

/// @notice The last challenge of an entry; all zero when it never had one.
/// @param challengeId Counts from 1 within the contest.
/// @param challenger Who opened it.
/// @param openedAt Seconds since 1970. `rulingTimeout` runs from here.
/// @param open Whether it waits for a ruling.
/// @param disputeId The arbitrator's id for it.
struct ChallengeView {
    uint256 challengeId;
    address challenger;
    uint40 openedAt;
    bool open;
    uint256 disputeId;
}

/// @title Contest
/// @notice A contest of small models: authors enter them, voters stake coins on them, and the time-averaged tally ranks
/// them. One contract per contest; no owner, no upgrade, no pause.
///
/// @dev Safety, which holds whatever anybody does:
/// - A voter's coins leave only to that voter, and move only by the voter's own call or signed order, each once.
/// - The contest's coin balance covers all stakes, all bonds held, all coin credits, and the unspent pot when the prize
///   token is the coin.
/// - No party, the organiser included, can change a rule, a weight or a tally by privilege. The arbitrator can remove an
///   entry that was challenged before `votesClose`, and award the bonds at stake in it; nothing else.
/// - For a tally the order of transactions never matters beyond the block times at which stakes change. (It does for who
///   gets which id and the last of `maxEntries` places, and who challenges an entry first.)
///
/// Formulas, all in whole numbers, divisions rounded down. Source of each, in parentheses: the section of
/// contracts/PROTOCOL.md that argues for it, and who came first where somebody did.
/// - Weight of a stake of x wei: x in an open contest; ⌊√x⌋ for a person's, 0 for support. (Weight; Buterin, Hitzig,
///   Weyl 2018, arXiv 1809.06421; the root is `Math.sqrt` of OpenZeppelin.)
/// - Tally of an entry of weight V at time t: with from = max(last, countFrom) and to = min(t, votesClose),
///   acc += V · (to − from) if to > from; then V changes. Score: acc at votesClose; projected, acc + V · (window − last).
///   (Tally; a sum of value times seconds as in Adams, Zinsmeister, Robinson, Uniswap v2 Core, 2020, section 2.2.)
/// - Order: score descending, then lower id; live entries alone, with score > 0 and ≥ minTally · window. (Standings)
/// - Prize of rank k: ⌊pot · splitₖ / 10,000⌋, and to rank 1 what rounding leaves of the pot. unheld: the sum of those
///   that nobody holds, or the whole pot. Refund of a funder: ⌊funded · unheld / pot⌋. (Prizes; the refund is `Math.mulDiv`
///   of OpenZeppelin, exact in 512 bits.)
/// - Bonds: a retraction burns ⌊entryBond / 10⌋; ruling 2 gives the challenger ⌊entryBond / 2⌋. (Entries and bonds;
///   Eligibility)
///
/// Liveness, which needs only that the chain includes transactions:
/// - `withdraw` and `withdrawMany` always work for what is staked, in every phase, with every other party silent or
///   hostile, as long as the coin itself pays. Not from inside a coin's own callback while coins of this contest are on
///   their way in (`Coins_Nested`): then a call later.
/// - Every challenge can be closed by anyone `rulingTimeout` after it was opened, whatever the arbitrator does, and none
///   can be opened after `votesClose`.
/// - `count` and `finalize` can be called by anyone once voting and challenges are closed, at `votesClose + rulingTimeout`
///   at the latest, and finish in bounded gas per page.
/// - Whatever is owed is pulled; a receiver that cannot be paid blocks only itself.
///
/// Assumptions:
/// - The coin is a plain ERC-20. One that takes a fee out of what arrives is refused at the first movement. One that begins
///   to take a fee out of what leaves costs whoever leaves, and nobody else; one that takes it on top takes it from
///   whoever leaves last, each time. One that rebases downwards hurts whoever leaves last, by the shortfall and no more.
///   One that blocks accounts can block its holders.
/// - The arbitrator rules honestly and within `rulingTimeout`; one that does not costs bonds and entries, not stakes.
/// - A block's timestamp is at most seconds away from the time of day.
/// - What is said here of ids, events and states is said of one history of the chain. An id is final with the block of its
///   `EntrySubmitted` and not before: a reorganisation can give it to another entry. Whoever signs about an entry (orders,
///   attestations, receipts) signs about finalised blocks only.
interface IContest is IArbitrable, IEvidence {
    /* EVENTS */

    /// @notice An author submitted an entry.
    /// @dev Promises to readers:
    /// 1. Ids count up from 1 without gaps and are never reused.
    /// 2. The three hashes never change; nothing about an entry can be edited.
    /// 3. The entry bond was received in this transaction.
    /// 4. The id is this entry's for good once this block is final, and not before: see Assumptions.
    event EntrySubmitted(
        uint256 indexed entryId,
        address indexed author,
        bytes32 manifestHash,
        bytes32 modelSha256,
        bytes32 modelRoot,
        uint48 modelSize,
        string manifestURI
    );

    /// @notice An author took an entry back before voting opened.
    /// @dev Promises to readers:
    /// 1. Emitted at most once for an entry, always before `votesOpen`, so no stake was ever on it.
    /// 2. `returned` was credited to the author, `burned` was sent to 0x…dEaD, or is a `Credited` of that
    /// address where the coin refused or wanted more than 200,000 gas for it; they sum to the entry bond.
    event EntryRetracted(uint256 indexed entryId, uint256 returned, uint256 burned);

    /// @notice Somebody says that an entry breaks the rules, and deposited a bond on it.
    /// @dev Promises to readers:
    /// 1. Challenge ids count up from 1. An entry has at most one open challenge; each ends with one `EntryRuled`.
    /// 2. Until then the entry takes part as before: stakes on it change and count.
    /// 3. Always before `votesClose`. The challenge bond was received in this transaction, and ERC-1497's `Dispute` names
    /// the same dispute with `challengeId` as its group of evidence.
    /// @param entryId Which entry.
    /// @param challengeId Id within the contest.
    /// @param challenger Who opened it.
    /// @param disputeId The arbitrator's id for it.
    /// @param evidenceURI What the challenger has to say: the reason, if the entry is removed.
    event EntryChallenged(
        uint256 indexed entryId,
        uint256 indexed challengeId,
        address indexed challenger,
        uint256 disputeId,
        string evidenceURI
    );

    /// @notice A challenge was closed.
    /// @dev Promises to readers:
    /// 1. Once for each challenge.
    /// 2. With `ruling` 2 the entry is removed for ever, for the reason given in the `EntryChallenged` of `challengeId` and
    /// in what the arbitrator published; with any other it is live as before.
    /// 3. Bonds that moved are told by the `Credited` events of the same transaction; what was burned is half of the entry
    /// bond, rounded up, with ruling 2 and nothing otherwise. Where the coin refused it is a `Credited` of 0x…dEaD.
    /// @param ruling 0 refused or lapsed, 1 eligible, 2 ineligible.
    /// @param lapsed Whether the arbitrator let `rulingTimeout` pass.
    event EntryRuled(uint256 indexed entryId, uint256 indexed challengeId, uint256 ruling, bool lapsed);

    /// @notice A wallet was bound to a person.
    /// @dev Promises to readers:
    /// 1. At most one wallet is ever bound to a nullifier in this contest, and one nullifier to a wallet.
    /// 2. No stake changed its weight by this event alone.
    event PersonBound(address indexed wallet, bytes32 indexed nullifier);

    /// @notice A voter's stake on an entry changed, or the weight it counts for did.
    /// @dev Promises to readers:
    /// 1. Emitted for every change of any stake or weight, in the order in which they took effect.
    /// 2. `stake`, `weight` and `entryWeight` are the values after the change.
    /// 3. Folding these events alone, with `countFrom` and `votesClose` of the rules, rebuilds every tally exactly.
    /// @param voter Whose coins these are.
    /// @param entryId On which entry.
    /// @param stake Wei now staked by the voter on the entry.
    /// @param weight What of it counts now; 0 means support.
    /// @param entryWeight Sum of all weights on the entry now.
    /// @param timestamp Seconds since 1970 of the block.
    event StakeChanged(
        address indexed voter,
        uint256 indexed entryId,
        uint256 stake,
        uint256 weight,
        uint256 entryWeight,
        uint256 timestamp
    );

    /// @notice An order in a batch was not carried out.
    /// @dev Promises to readers:
    /// 1. Nothing of it took effect: no coin moved, and it spent no nonce.
    /// 2. `reason` is the error that it would have failed with alone; empty when it ran out of its own gas, or when the
    /// coin's error is over 256 bytes. An order whose batch had too little gas is not skipped: that batch fails.
    event OrderSkipped(address indexed voter, uint256 indexed entryId, uint256 nonce, bytes reason);

    /// @notice A voter gave up nonces of an entry: orders with them can no longer be carried.
    /// @dev Promises to readers: 1. `mask` has a bit for each nonce given up, bit 0 for nonce 0; those spent before are
    /// spent still.
    event OrdersCancelled(address indexed voter, uint256 indexed entryId, uint256 mask);

    /// @notice Somebody added to the pot.
    /// @dev Promises to readers: 1. `pot` is the whole pot after it; 2. never emitted after `Finalized`.
    event PotFunded(address indexed funder, uint256 amount, uint256 pot);

    /// @notice A page of entries was counted.
    /// @dev Promises to readers: 1. Entries are counted once each in the order of their ids; 2. `upTo` only grows.
    /// @param upTo Highest id counted so far.
    event Counted(uint256 upTo);

    /// @notice The result stands.
    /// @dev Promises to readers:
    /// 1. Emitted once.
    /// 2. `ranks` holds the ids of ranks 1 to 10, 16 bits each, rank 1 lowest, 0 where nobody holds the rank; they follow
    /// from the tallies alone, and `standings` returns them spelled out.
    /// 3. Prizes and refunds follow from `pot`, `unheld` and the rules.
    /// @param ranks Ten ids in one word: spelled out they would cost 2,900 gas more.
    /// @param pot Wei of the prize token to be paid.
    /// @param unheld Wei of it that go back to the funders.
    event Finalized(uint160 ranks, uint256 pot, uint256 unheld);

    /// @notice A rank's prize was paid.
    /// @dev Promises to readers: 1. at most once for a rank; 2. `to` is the author, or was named by the author's own call.
    event PrizeClaimed(uint256 indexed rank, uint256 indexed entryId, address to, uint256 amount);

    /// @notice A funder took its share of the ranks that nobody holds back.
    /// @dev Promises to readers: 1. at most once for a funder, after `Finalized`; 2. `amount` is
    /// ⌊funded · unheld / pot⌋, where `funded` is the sum of the funder's `PotFunded`.
    event Reclaimed(address indexed funder, uint256 amount);

    /// @notice Tokens are owed to an account and wait for its `collect`.
    /// @dev Promises to readers: 1. the sum of credits minus the sum of collected amounts is `creditOf`; 2. `token` is the
    /// coin.
    event Credited(address indexed account, address indexed token, uint256 amount);

    /// @notice An account was paid what it was owed.
    /// @dev Promises to readers: 1. `amount` was all of its credit, and was paid in this transaction to `account`, which
    /// called `collect` itself; 2. `token` is the coin.
    event Collected(address indexed account, address indexed token, uint256 amount);

    /* ERRORS */

    /// @notice The implementation behind the clones was called directly.
    error Contest_NotAClone();
    /// @notice The action belongs to another phase.
    error Contest_WrongPhase(Phase current);
    /// @notice A rule is out of the bounds that `Rules` gives. `rule` is its field name; the value of `split` is the sum of
    /// its ten shares, that of caps out of order `entryCap`.
    error Rules_OutOfBounds(string rule, uint256 value);
    /// @notice A rule names a contract, and there is none at `account`. `rule` is its field name.
    error Rules_NoCode(string rule, address account);
    /// @notice The coin's supply, in wei, does not fit 96 bits, so its stakes might not.
    error Rules_SupplyTooLarge(uint256 supply);
    /// @notice No entry has this id, or it is not live.
    error Entries_NotLive(uint256 entryId, EntryStatus status);
    /// @notice The declaration passed is not the one in the rules.
    error Entries_WrongDeclaration(bytes32 expected, bytes32 given);
    /// @notice The model is empty or larger than the rules allow, in bytes.
    error Entries_ModelSize(uint256 size, uint256 max);
    /// @notice One of the three hashes is zero; these came.
    error Entries_Incomplete(bytes32 manifestHash, bytes32 modelSha256, bytes32 modelRoot);
    /// @notice A URI is empty or too long, in bytes.
    error Entries_BadURI(uint256 length, uint256 max);
    /// @notice As many entries are live as the rules allow, or all 65,535 ids are used.
    error Entries_Full(uint256 limit);
    /// @notice In a personhood contest a person has one live entry.
    error Entries_OnePerPerson(uint256 liveEntryId);
    /// @notice Only the author may do this.
    error Entries_NotAuthor(address author, address caller);
    /// @notice The bond of this entry is not held any more, or cannot be released.
    error Entries_NoBond(uint256 entryId);
    /// @notice The rules name no arbitrator, so nothing can be challenged here.
    error Challenges_NoArbitrator();
    /// @notice The bytes for the arbitrator are not those whose hash is in the rules.
    error Challenges_WrongExtraData(bytes32 expected, bytes32 given);
    /// @notice The arbitrator asks for more of the chain's own coin than came along, in wei.
    error Challenges_FeeTooLow(uint256 fee, uint256 given);
    /// @notice The arbitrator gave a dispute an id that another one has.
    error Challenges_DisputeInUse(uint256 disputeId, uint256 challengeId);
    /// @notice Only the arbitrator named in the rules may rule.
    error Challenges_NotArbitrator(address arbitrator, address caller);
    /// @notice No challenge of this contest led to this dispute.
    error Challenges_UnknownDispute(uint256 disputeId);
    /// @notice The entry has no open challenge.
    error Challenges_NoneOpen(uint256 entryId, EntryStatus status);
    /// @notice The arbitrator still has time to rule: until `due`, in seconds since 1970.
    error Challenges_NotYet(uint256 due);
    /// @notice The contest is open: nobody needs to be a person here.
    error Persons_OpenContest();
    /// @notice The wallet is bound already.
    error Persons_WalletBound(address wallet);
    /// @notice The person has another wallet in this contest.
    error Persons_NullifierUsed(bytes32 nullifier, address wallet);
    /// @notice The adapter returned 0 as a nullifier.
    error Persons_NoNullifier();
    /// @notice The caller is not a verified person in this contest.
    error Persons_NotBound(address wallet);
    /// @notice An amount of 0 coins means nothing.
    error Ballots_NoAmount();
    /// @notice Fewer coins are staked than asked for, in wei.
    error Ballots_Insufficient(uint256 staked, uint256 asked);
    /// @notice A person's cap would be exceeded, in wei.
    error Ballots_OverCap(uint256 cap, uint256 asked);
    /// @notice A stake or the weight of an entry would not fit 96 bits. `value`: the wei to be added, or the weight.
    error Ballots_TooMuch(uint256 value);
    /// @notice Source and target of a move are the same entry.
    error Ballots_SameEntry(uint256 entryId);
    /// @notice Two lists that belong together differ in length, or are empty.
    error Ballots_BadLists(uint256 first, uint256 second);
    /// @notice The deadline of the order has passed, in seconds since 1970.
    error Orders_Expired(uint256 deadline);
    /// @notice Nonces go from 0 to 111.
    error Orders_BadNonce(uint256 nonce);
    /// @notice The nonce was used or given up.
    error Orders_NonceSpent(uint256 nonce);
    /// @notice Neither the voter's key nor the voter's wallet signed this order for this contest on this chain.
    error Orders_BadSignature(address voter);
    /// @notice The wallet that signed exists only on paper yet: deploy it, then send the order again.
    error Orders_NotDeployed(address voter);
    /// @notice A mask of nonces is empty or reaches beyond nonce 111.
    error Orders_BadMask(uint256 mask);
    /// @notice The gas that is left would not be enough for one order's allowance of gas; send the batch with more. `needed` is
    /// 512,936: the order's 500,000, the 64th that a call cannot pass on (EIP-150), and 5,000.
    error Orders_TooLittleGas(uint256 left, uint256 needed);
    /// @notice Only the contest itself calls this.
    error Orders_NotItself(address caller);
    /// @notice A token called back to move tokens of the contest while some of them were on their way and being measured.
    error Coins_Nested();
    /// @notice The coin delivered another amount than it was asked for, in wei.
    error Coins_Short(uint256 expected, uint256 received);
    /// @notice Not every entry has been counted.
    error Standings_NotCounted(uint256 counted, uint256 entries);
    /// @notice Nothing is counted while challenges are open. `lapse` closes those whose time is up.
    error Standings_ChallengesOpen(uint256 open);
    /// @notice The page is empty, or every entry is counted already.
    error Standings_NothingToCount(uint256 counted);
    /// @notice Nobody holds this rank, or there is no such rank.
    error Standings_NoRank(uint256 rank);
    /// @notice The prize of this rank was paid already.
    error Prizes_Claimed(uint256 rank);
    /// @notice Nothing is owed to this account.
    error Prizes_NothingOwed(address account);
    /// @notice With this amount, in wei, the pot would not fit 128 bits.
    error Prizes_PotTooLarge(uint256 amount);

    /* ENTRIES */

    /// @notice Submits an entry and deposits its bond.
    /// @dev Phase `Entry`. In a personhood contest the caller must be bound and have no live entry.
    /// @param input See `EntryInput`.
    /// @param declaration Must equal the rules' `declarationHash`; the author states independence by it.
    /// @return entryId The id given, counting from 1.
    function submit(EntryInput calldata input, bytes32 declaration) external returns (uint256 entryId);

    /// @notice Takes an entry back before voting opens and unless it is challenged; a tenth of the bond is burned, the rest
    /// credited.
    /// @dev Phase `Entry`, by the author. ⌊entryBond / 10⌋ is burned. The place is free again, the id is not.
    function retract(uint256 entryId) external;

    /// @notice Says that an entry breaks the rules, and asks the arbitrator.
    /// @dev Until `votesClose`, for a live entry without an open challenge. Takes the challenge bond in the coin, and the
    /// arbitrator's fee in the chain's own coin, which is sent along; what is sent above the fee comes back in the call.
    /// @param entryId Which entry.
    /// @param evidenceURI Where the reasons can be read, 1 to 512 bytes.
    /// @param extraData What the arbitrator wants to know (its court, its jurors); keccak256 of it is in the rules.
    /// @return challengeId Counts from 1.
    function challenge(
        uint256 entryId,
        string calldata evidenceURI,
        bytes calldata extraData
    ) external payable returns (uint256 challengeId);

    /// @notice Adds to what is said for or against a challenged entry. Anyone may, while the challenge is open.
    /// @dev In every phase. `evidenceURI`: 1 to 512 bytes.
    function submitEvidence(uint256 entryId, string calldata evidenceURI) external;

    /// @inheritdoc IArbitrable
    /// @dev Only the arbitrator in the rules, for a dispute of this contest; after the challenge is closed it changes nothing
    /// and does not fail. 1 sends the challenge bond to the author; 2 removes the entry, gives the challenger its bond and
    /// half of the entry bond, rounded down, and burns the rest; 0 and anything above 2 gives the challenger its bond.
    function rule(uint256 disputeId, uint256 ruling) external;

    /// @notice Closes a challenge that the arbitrator did not rule on within `rulingTimeout`, as ruling 0. Anyone may.
    /// @dev In every phase, from `openedAt + rulingTimeout` on. The challenge bond is credited to the challenger.
    function lapse(uint256 entryId) external;

    /// @notice Credits the bond of an entry that was never removed to its author, once the result is final.
    /// @dev Phase `Final`, for a live entry, once. Anyone may call it.
    function releaseBond(uint256 entryId) external;

    /* PERSONS */

    /// @notice Binds the caller's wallet to the person that `proof` shows, once per contest.
    /// @dev In every phase of a personhood contest, for good; an open contest refuses it. No stake changes its weight: what
    /// was support stays support until `reweigh`, or until more is added to it.
    /// @param proof Bytes in the adapter's format; the scope is keccak256(abi.encode(chainid, contest)).
    function bind(bytes calldata proof) external;

    /* STAKES */

    /// @notice Stakes `amount` wei on an entry.
    /// @dev Phase `Voting`; the entry is live or challenged; exactly `amount`, above 0, must arrive from the caller.
    /// - In an open contest there is no cap; a stake stays under 2⁹⁶ wei, as does the weight of an entry (`Ballots_TooMuch`).
    /// - The whole stake of a bound wallet counts from now on, what was support before included. It must not exceed
    ///   `entryCap`, nor all that the wallet has counted `personCap` (`Ballots_OverCap`).
    /// - The stake of a wallet that is not bound is support: weight 0, no cap.
    function drop(uint256 entryId, uint256 amount) external;

    /// @notice Stakes with an ERC-2612 permit; a permit that fails is ignored when the allowance is enough.
    /// @dev Otherwise as `drop`: phase `Voting`, the same caps. The permit is the caller's, to this contest, for `amount`.
    /// @param deadline Seconds since 1970 until which the permit holds.
    function dropWithPermit(uint256 entryId, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Stakes on several entries with one coin transfer.
    /// @dev Each as by `drop`, in order: phase `Voting`, the same caps; all or none. An entry may be named twice. The lists
    /// are as long as each other and not empty.
    function dropMany(uint256[] calldata entryIds, uint256[] calldata amounts) external;

    /// @notice Takes `amount` wei of the caller's stake back, in every phase, from an entry of any status.
    /// @dev Asks for no cap. What counted goes on counting with what is left; support stays support. `amount` is above 0
    /// and at most the stake.
    function withdraw(uint256 entryId, uint256 amount) external;

    /// @notice Takes the caller's whole stakes on these entries back.
    /// @dev As `withdraw`, in every phase and from entries of any status. Entries without a stake of the caller's are passed
    /// over; all being so is refused.
    function withdrawMany(uint256[] calldata entryIds) external;

    /// @notice Shifts `amount` wei of the caller's stake to another entry, while voting is open.
    /// @dev Phase `Voting`. Takes as `withdraw` does, from an entry of any status, and then adds as `drop` does, to one that
    /// is live or challenged, under the same caps; no coin moves.
    function move(uint256 fromEntry, uint256 toEntry, uint256 amount) external;

    /// @notice Carries out orders that voters signed. Anyone may; it moves no coin of the carrier's.
    /// @dev An order that fails is skipped with `OrderSkipped` and changes nothing; each has 500,000 gas of its own, of
    /// which a wallet's ERC-1271 check gets 200,000. A batch that runs low fails whole, so no order is skipped, and no
    /// nonce spent, by want of gas (a signature of many kilobytes comes on top of what is asked for). So does one after
    /// which the contest holds less than the stakes it wrote down, which only a coin that takes a fee can bring about.
    /// - A `Drop` needs what `drop` needs of its voter: phase `Voting`, the same caps.
    /// - A `Withdraw` can be carried in every phase, from an entry of any status.
    function carry(Order[] calldata orders) external;

    /// @notice Carries out one order, or reverts. Only the contest itself calls it, from `carry`.
    /// @param coin The contest's coin.
    /// @param domain The contest's EIP-712 domain separator, worked out once for the batch.
    /// @return moved Wei by which the contest's balance should have grown; below 0 for a withdrawal.
    function carryOne(Order calldata order, address coin, bytes32 domain) external returns (int256 moved);

    /// @notice Gives up the caller's nonces on an entry, a bit each, so that orders signed with them are void.
    /// @dev In every phase, for good. Any id will do, also one that was never given out.
    /// @param mask Bit 0 for nonce 0 to bit 111; at least one.
    function cancel(uint256 entryId, uint256 mask) external;

    /// @notice Counts the caller's stakes on these live entries from now on, as those of a verified person.
    /// @dev Phase `Voting` of a personhood contest, by a bound wallet; the entries are live or challenged, and each has a
    /// stake of the caller's. A stake that counts already is passed over. A stake counts wholly: above `entryCap`, or with
    /// all that is counted above `personCap`, the call is refused (`Ballots_OverCap`).
    function reweigh(uint256[] calldata entryIds) external;

    /* RESULT */

    /// @notice Adds `amount` wei of the prize token to the pot, until the result is final.
    /// @dev In every phase but `Final`. `amount` is above 0 and arrives exactly; the pot stays under 2¹²⁸.
    function fund(uint256 amount) external;

    /// @notice Counts up to `limit` further entries, after `votesClose`. Anyone may call it.
    /// @dev Phase `Counting`, once no challenge is open. `limit` is above 0; ids are taken in order.
    function count(uint256 limit) external;

    /// @notice Makes the result final once every entry is counted. Anyone may call it.
    /// @dev Phase `Counting`. A contest without entries needs no `count`.
    function finalize() external;

    /// @notice Pays the prize of `rank` to the author of its entry. Anyone may call it.
    /// @dev Phase `Final`, once for each rank that is held. A prize of 0 is refused.
    /// @param rank 1 to 10.
    function claim(uint256 rank) external;

    /// @notice Pays the prize of `rank` to `to`; only the author of its entry may call it.
    /// @dev Otherwise as `claim`.
    function claimTo(uint256 rank, address to) external;

    /// @notice Pays the caller's share of the ranks that nobody holds back to the caller, as a funder.
    /// @dev Phase `Final`, once. A refund of 0 is refused.
    function reclaim() external;

    /// @notice Pays the caller all that is credited to it.
    /// @dev In every phase. A credit of 0 is refused.
    function collect() external;

    /* VIEWS */

    /// @notice Returns the rules.
    function rules() external view returns (Rules memory);

    /// @notice Returns the phase at the block's time.
    function phase() external view returns (Phase);

    /// @notice Returns what is kept of an entry; all zero for an unknown id.
    function entry(uint256 entryId) external view returns (EntryView memory);

    /// @notice Returns the last challenge of an entry.
    function challengeOf(uint256 entryId) external view returns (ChallengeView memory);

    /// @notice Returns how many entries were ever submitted: the highest id.
    function entryCount() external view returns (uint256);

    /// @notice Returns how many entries are live or challenged.
    function liveCount() external view returns (uint256);

    /// @notice Returns a voter's stake on an entry in wei and the weight it counts for.
    function stakeOf(address voter, uint256 entryId) external view returns (uint256 stake, uint256 weight);

    /// @notice Returns which nonces of a voter's orders on an entry are spent or given up, bit 0 for nonce 0.
    function noncesOf(address voter, uint256 entryId) external view returns (uint256 spent);

    /// @notice Returns a wallet's standing as a person: bound or not, wei counted in all, and the live entry it authored.
    function personOf(address wallet) external view returns (bool bound, uint256 counted, uint256 liveEntryId);

    /// @notice Returns the wallet bound to a nullifier, or zero.
    function walletOf(bytes32 nullifier) external view returns (address);

    /// @notice Returns the stored tally of an entry.
    function tallyOf(uint256 entryId) external view returns (Tally memory);

    /// @notice Returns the score in weight-seconds: projected to `votesClose` while voting is open, final after it.
    function scoreOf(uint256 entryId) external view returns (uint256);

    /// @notice Returns tallies and scores of up to `limit` entries, starting with id `first`.
    function scores(
        uint256 first,
        uint256 limit
    ) external view returns (Tally[] memory tallies, uint256[] memory projected);

    /// @notice Returns the ranks counted so far, the highest id counted, and whether they are final.
    function standings() external view returns (uint16[10] memory entryIds, uint256 counted, bool isFinal);

    /// @notice Returns the pot, the part of it that goes back to its funders, and a bit per rank paid (bit 0 is rank 1).
    function pot() external view returns (uint256 total, uint256 unheld, uint256 paid);

    /// @notice Returns the wei of the prize token that `funder` put into the pot and has not taken back.
    function fundedBy(address funder) external view returns (uint256);

    /// @notice Returns the wei of the coin that `collect` would pay an account: bonds that came back.
    function creditOf(address account) external view returns (uint256);
}
