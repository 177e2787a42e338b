import { Interface } from "ethers";

/**
 * What the auditor reads of a contest, typed by hand from the published law. Deliberately not the generated ABI: a
 * second pair of eyes must not look through the first pair's glasses.
 */
export const contestInterface = new Interface([
  "event EntrySubmitted(uint256 indexed entryId, address indexed author, bytes32 manifestHash, bytes32 modelSha256, bytes32 modelRoot, uint48 modelSize, string manifestURI)",
  "event EntryRetracted(uint256 indexed entryId, uint256 returned, uint256 burned)",
  "event EntryChallenged(uint256 indexed entryId, uint256 indexed challengeId, address indexed challenger, uint256 disputeId, string evidenceURI)",
  "event EntryRuled(uint256 indexed entryId, uint256 indexed challengeId, uint256 ruling, bool lapsed)",
  "event Ruling(address indexed arbitrator, uint256 indexed disputeID, uint256 ruling)",
  "event MetaEvidence(uint256 indexed metaEvidenceID, string evidence)",
  "event Dispute(address indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, uint256 evidenceGroupID)",
  "event Evidence(address indexed arbitrator, uint256 indexed evidenceGroupID, address indexed party, string evidence)",
  "event OrderSkipped(address indexed voter, uint256 indexed entryId, uint256 nonce, bytes reason)",
  "event OrdersCancelled(address indexed voter, uint256 indexed entryId, uint256 mask)",
  "event PersonBound(address indexed wallet, bytes32 indexed nullifier)",
  "event StakeChanged(address indexed voter, uint256 indexed entryId, uint256 stake, uint256 weight, uint256 entryWeight, uint256 timestamp)",
  "event PotFunded(address indexed funder, uint256 amount, uint256 pot)",
  "event Counted(uint256 upTo)",
  "event Finalized(uint160 ranks, uint256 pot, uint256 unheld)",
  "event PrizeClaimed(uint256 indexed rank, uint256 indexed entryId, address to, uint256 amount)",
  "event Reclaimed(address indexed funder, uint256 amount)",
  "event Credited(address indexed account, address indexed token, uint256 amount)",
  "event Collected(address indexed account, address indexed token, uint256 amount)",
  "function rules() view returns (tuple(address coin, address prizeToken, address personhood, address arbitrator, bytes32 arbitratorExtraDataHash, bytes32 declarationHash, uint40 entriesOpen, uint40 votesOpen, uint40 countFrom, uint40 votesClose, uint32 rulingTimeout, uint16 maxEntries, uint48 maxModelBytes, uint96 personCap, uint96 entryCap, uint96 entryBond, uint96 challengeBond, uint96 minTally, uint16[10] split))",
  "function liveCount() view returns (uint256)",
  "function challengeOf(uint256 entryId) view returns (tuple(uint256 challengeId, address challenger, uint40 openedAt, bool open, uint256 disputeId))",
  "function noncesOf(address voter, uint256 entryId) view returns (uint256 spent)",
  "function entryCount() view returns (uint256)",
  "function entry(uint256 entryId) view returns (tuple(address author, uint48 modelSize, uint8 status, bool bondHeld, bytes32 identity))",
  "function tallyOf(uint256 entryId) view returns (tuple(uint96 weight, uint120 acc, uint24 last, uint8 status))",
  "function scoreOf(uint256 entryId) view returns (uint256)",
  "function stakeOf(address voter, uint256 entryId) view returns (uint256 stake, uint256 weight)",
  "function standings() view returns (uint16[10] entryIds, uint256 counted, bool isFinal)",
  "function pot() view returns (uint256 total, uint256 unheld, uint256 paid)",
  "function creditOf(address account) view returns (uint256)",
  "function fundedBy(address funder) view returns (uint256)",
  "function personOf(address wallet) view returns (bool bound, uint256 counted, uint256 liveEntryId)",
]);

export const factoryInterface = new Interface(["function isContest(address contest) view returns (bool)"]);

export const coinInterface = new Interface([
  "function balanceOf(address account) view returns (uint256)",
  "function decimals() view returns (uint8)",
  "function symbol() view returns (string)",
]);
