import type { ErrorMeasure } from "../transactions/errorWords.ts";

type Sentence = (args: readonly unknown[], measure: ErrorMeasure) => string;

const big = (value: unknown): bigint =>
  typeof value === "bigint" ? value : typeof value === "number" ? BigInt(value) : 0n;
const text = (value: unknown): string => String(value ?? "");
const moment = (value: unknown): string => new Date(Number(big(value)) * 1000).toLocaleString("en-GB");
const phases = ["not open yet", "in its entry phase", "in its voting phase", "over and being counted", "final"];
const statuses = [
  "does not exist",
  "is live",
  "is challenged",
  "was taken back by its author",
  "was removed by ruling",
];

/** One sentence and a next step for every custom error of the contracts, in English. A test holds it complete. */
export const errorSentences: Readonly<Record<string, Sentence>> = {
  /* Contest */
  Contest_NotAClone: () =>
    "This is the template behind the contests, not a contest. Open a contest by its own address.",
  Contest_WrongPhase: ([phase]) =>
    `The contest is ${phases[Number(big(phase))] ?? "in another phase"}, and this cannot be done then. Look at the ticket for what can.`,
  Rules_OutOfBounds: ([rule, value]) =>
    `The rule “${text(rule)}” cannot be ${text(value)}. Choose another value and create the contest again.`,
  Rules_SupplyTooLarge: () => "More of this coin exists than a contest can count. Choose another coin.",
  Rules_NoCode: ([rule, account]) =>
    `The rule “${text(rule)}” names ${text(account)}, where there is no contract. Check the address.`,
  Entries_NotLive: ([id, status]) =>
    `Entry ${text(id)} ${statuses[Number(big(status))] ?? "takes no coins"}, so no coins can be put on it. Choose another one.`,
  Entries_WrongDeclaration: () =>
    "The declaration that was signed is not the one of this contest. Read the contest's rules and submit again.",
  Entries_ModelSize: ([size, max]) =>
    `The model has ${text(size)} bytes; from 1 to ${text(max)} are allowed. Choose a smaller file.`,
  Entries_Incomplete: (hashes) => {
    const missing = ["the manifest's", "the model's SHA-256", "the model's pieces root"];
    const which = missing.filter((_, index) => /^0x0+$/.test(text(hashes[index]))).join(", ");
    return `A hash is missing: ${which}. Submit the entry again with all three.`;
  },
  Entries_BadURI: ([length, max]) =>
    `The address has ${text(length)} bytes; from 1 to ${text(max)} are allowed. Shorten it.`,
  Entries_Full: ([limit]) =>
    `There is no place left: ${text(limit)} entries are in. Try again when one is taken back or removed.`,
  Entries_OnePerPerson: ([id]) => `You have entry ${text(id)} in this contest already, and a person may have one.`,
  Entries_NotAuthor: ([author]) => `Only the author, ${text(author)}, can do this. Connect that wallet.`,
  Entries_NoBond: ([id]) =>
    `No deposit is held for entry ${text(id)}, or it cannot be released yet. It is free once the result is final.`,
  Challenges_NoArbitrator: () => "This contest names no arbitrator, so its entries cannot be challenged.",
  Challenges_WrongExtraData: () =>
    "What was passed on to the arbitrator is not what this contest's rules name. Send the bytes that belong to its rules.",
  Challenges_FeeTooLow: ([fee, given]) =>
    `The arbitrator asks for ${text(fee)} wei of the chain's own coin; ${text(given)} came. Send at least as much.`,
  Challenges_DisputeInUse: () => "The arbitrator gave two disputes one number, so the challenge was refused.",
  Challenges_NotArbitrator: ([arbitrator]) => `Only the contest's arbitrator, ${text(arbitrator)}, can rule.`,
  Challenges_UnknownDispute: ([id]) => `No challenge of this contest led to dispute ${text(id)}.`,
  Challenges_NoneOpen: ([id]) => `Entry ${text(id)} has no open challenge.`,
  Challenges_NotYet: ([due]) => `The arbitrator has time until ${moment(due)}. Come back then.`,
  Orders_Expired: () => "The signed order has run out. Sign a new one.",
  Orders_BadNonce: ([nonce]) => `An order's number goes from 0 to 111; this one has ${text(nonce)}. Sign it again.`,
  Orders_NonceSpent: ([nonce]) =>
    `An order with the number ${text(nonce)} was carried out or cancelled before. Sign a new one with another number.`,
  Orders_BadSignature: ([voter]) =>
    `The signature is not ${text(voter)}'s for this order in this contest. Sign again with that wallet.`,
  Orders_NotDeployed: ([voter]) =>
    `The wallet ${text(voter)} is not on this chain yet. Deploy it, then send the order again.`,
  Orders_BadMask: () => "Name at least one order to cancel, with numbers from 0 to 111.",
  Orders_TooLittleGas: () => "The batch was sent with too little gas. Send it again with more.",
  Orders_NotItself: () => "Only the contest itself calls this. Send the order with the others in a batch.",
  Persons_OpenContest: () => "Every coin counts in this contest; nobody has to be verified.",
  Persons_WalletBound: () => "This wallet is verified already. Nothing more to do.",
  Persons_NullifierUsed: ([, wallet]) =>
    `This person votes with another wallet here: ${text(wallet)}. Connect that one.`,
  Persons_NoNullifier: () => "The verifier gave no usable answer. Get a new proof and try again.",
  Persons_NotBound: () => "This wallet is not verified as a person in this contest. Verify it first.",
  Ballots_NoAmount: () => "An amount of zero changes nothing. Type a larger one.",
  Ballots_Insufficient: ([staked, asked], { amount }) =>
    `Only ${amount(big(staked))} of yours lie there, not ${amount(big(asked))}. Choose a smaller amount.`,
  Ballots_OverCap: ([cap, asked], { amount }) =>
    `A person may have ${amount(big(cap))} counted; this would make ${amount(big(asked))}. Choose a smaller amount.`,
  Ballots_TooMuch: () => "This is more than the contest can count on one entry. Choose a smaller amount.",
  Ballots_SameEntry: () => "The coins lie there already. Choose another entry to move them to.",
  Ballots_BadLists: () => "The lists of entries and amounts do not fit together. Reload the page and try again.",
  Coins_Nested: () => "The coin called back in the middle of a payment, so it was refused.",
  Nodes_Nested: () => "The coin called back in the middle of a payment, so it was refused.",
  Coins_Short: ([expected, received], { amount }) =>
    `The coin delivered ${amount(big(received))} in place of ${amount(big(expected))}, so the contest refused it. Coins that keep a fee cannot be used here.`,
  Standings_ChallengesOpen: ([open]) =>
    `Challenges still open: ${text(open)}. Counting starts when each is ruled on or its time is up.`,
  Standings_NotCounted: ([counted, entries]) =>
    `Only ${text(counted)} of ${text(entries)} entries are counted. Count the rest first.`,
  Standings_NoRank: ([rank]) => `Nobody holds rank ${text(rank)}.`,
  Standings_NothingToCount: () => "Every entry is counted already. The result can be made final.",
  Prizes_Claimed: ([rank]) => `The prize of rank ${text(rank)} was paid already.`,
  Prizes_NothingOwed: () =>
    "Nothing is owed to this wallet. If you wait for something, connect the wallet it belongs to.",
  Prizes_PotTooLarge: () => "The pot cannot hold that much. Add a smaller amount.",

  /* NodeRegistry */
  Nodes_Registered: () => "This wallet has registered a node before. Use another wallet for another node.",
  Nodes_Unknown: () => "This wallet is not a node, or has left. Register it first.",
  Nodes_Inactive: ([, stake, least], { amount }) =>
    `The node's stake of ${amount(big(stake))} is below ${amount(big(least))}, or it is leaving. Add to the stake.`,
  Nodes_StakeTooLow: ([stake, least], { amount }) =>
    `A node needs a stake of ${amount(big(least))}; this is ${amount(big(stake))}. Stake more.`,
  Nodes_StakeTooLarge: () => "The stake is more than the registry can hold. Stake less.",
  Nodes_BadEndpoint: () => "The endpoint must have 1 to 256 characters. Shorten it.",
  Nodes_KeyTaken: () => "This key answers for a node already. Make a new key.",
  Nodes_BadKeyProof: () => "The key did not sign its consent to this node. Sign it with that key and try again.",
  Nodes_BadSigner: () => "The signature belongs to no key of this node.",
  Nodes_UnknownContest: () => "The registry does not know this contest. It serves contests of one factory only.",
  Nodes_BadEpoch: () => "The signed hour lies in the future or more than a day back. Check the node's clock.",
  Nodes_BadLists: () => "The lists do not fit together. Send them again, one signature for each statement.",
  Nodes_NoAmount: () => "An amount of zero changes nothing. Type a larger one.",
  Nodes_NotYet: ([at]) =>
    big(at) === 0n
      ? "The node has not said that it leaves. Leave first."
      : `This is possible from ${moment(at)} on. Come back then.`,
  Nodes_UnknownEntry: ([, id]) => `This contest never had an entry ${text(id)}, so nothing said about it is evidence.`,
  Nodes_WrongHashes: () => "These are not the entry's hashes. Bring the three from its submission.",
  Nodes_StatementTrue: () => "Every hash in this statement is the entry's. It is no evidence against the node.",
  Nodes_Punished: () => "The node has paid for this statement already.",
  Nodes_NothingAtStake: () => "This node has nothing at stake that it could lose.",
  Nodes_ChallengesOpen: ([count]) =>
    `The stake waits for ${text(count)} open block challenges. Answer them, or expire them after their 24 hours.`,
  Nodes_NothingOwed: () => "Nothing is owed to this account.",
  Nodes_NotPaid: () => "The coins could not be moved to this account. Check whether it can receive them.",
  Nodes_BondTooLow: ([sent, bond]) =>
    `The challenge needs a bond of ${text(bond)} wei; ${text(sent)} came along. Send more.`,
  Nodes_NoSuchBlock: ([index, blocks]) =>
    `The file has ${text(blocks)} blocks, counted from 0, and so no block ${text(index)}. Name another one.`,
  Nodes_Left: ([, at]) => `The node's exit was over at ${moment(at)}. It cannot be challenged any more.`,
  Nodes_ChallengeOpen: ([id]) =>
    `Challenge ${text(id)} is open for this node and entry. Wait until it is answered or expired.`,
  Nodes_NoChallenge: ([id]) => `There is no open challenge ${text(id)}. It may be closed already.`,
  Nodes_TooLate: ([at]) => `The answer had to be in before ${moment(at)}.`,
  Nodes_WrongBlockLength: ([length, expected]) =>
    `The block has ${text(length)} bytes in place of ${text(expected)}. Cut it at multiples of 16 KiB.`,
  Nodes_WrongPathLength: ([length, expected]) =>
    `The path has ${text(length)} hashes in place of ${text(expected)}. Build it for the whole file.`,
  Nodes_WrongBlock: () => "Block and path do not lead to the entry's root. Read the block from the entry's own file.",
  Nodes_Short: () => "The coin delivered another amount than asked, so the registry refused it.",

  /* Personhood */
  AttestedPersonhood_NoIssuer: () => "The list of issuers is empty. Name at least one.",
  AttestedPersonhood_BadIssuer: ([index, issuer]) =>
    `Issuer ${text(index)} in the list, counted from 0, is ${text(issuer)}: zero, or named before. Take it out.`,
  AttestedPersonhood_Expired: () => "The credential has run out. Ask its issuer for a new one.",
  AttestedPersonhood_NoNullifier: () => "The credential names no person. Ask its issuer for a new one.",
  AttestedPersonhood_NotSigned: ([issuer]) =>
    `The issuer ${text(issuer)} did not sign this credential for this wallet. Ask for one made for the wallet you connected.`,
  AttestedPersonhood_WrongCount: ([expected, given]) =>
    `The credential needs the signatures of ${text(expected)} issuers and carries ${text(given)}. Ask the others for theirs.`,
  SemaphorePersonhood_AnotherScope: () =>
    "The proof was made for another contest or another chain. Make one here and try again.",
  SemaphorePersonhood_AnotherWallet: () =>
    "The proof was made for another wallet. Make one with the wallet you connected.",
  SemaphorePersonhood_NoGroup: ([group]) => `Semaphore has no group ${text(group)}. Check the group's number.`,
  SemaphorePersonhood_NoNullifier: () => "The proof names no person. Make a new one and try again.",
  SemaphorePersonhood_NotProven: () => "The proof does not hold. Make a new one and try again.",
  Semaphore__GroupDoesNotExist: () => "The group of persons does not exist. Tell the contest's organiser.",
  Semaphore__GroupHasNoMembers: () => "The group of persons is empty. Ask its admin to let you in first.",
  Semaphore__MerkleTreeDepthIsNotSupported: () =>
    "The proof was made for a tree of a size that Semaphore does not know. Make a new one here.",
  Semaphore__MerkleTreeRootIsExpired: () =>
    "The group has changed since this proof was made, and too long ago. Make a new one; it takes seconds.",
  Semaphore__MerkleTreeRootIsNotPartOfTheGroup: () =>
    "The proof was made for another group, or another state of this one. Make a new one here.",
  HumanityPersonhood_NoHumanity: () =>
    "Proof of Humanity does not say which humanity this wallet holds. Look at your profile there.",
  HumanityPersonhood_NoRegistry: ([registry]) => `There is no registry at ${text(registry)}. Check the address.`,
  HumanityPersonhood_NotHuman: () =>
    "Proof of Humanity does not list this wallet as a human's now. Register or renew there, then come back.",

  /* Coin */
  DemoCoin_Dry: () => "The fountain of demo coins is empty.",
  DemoCoin_TooSoon: ([again]) =>
    `This wallet took demo coins a short while ago. It can come again at ${moment(again)}.`,
  ERC20InsufficientAllowance: () =>
    "The contest may not take that much of your coins yet. Start again: the page asks for exactly the amount.",
  ERC20InsufficientBalance: ([, balance, needed], { amount }) =>
    `Your wallet holds ${amount(big(balance))}, and ${amount(big(needed))} are needed. Choose a smaller amount.`,
  ERC20InvalidApprover: () => "The coin refused the permission. Try again with another wallet.",
  ERC20InvalidReceiver: () => "The coin refuses to go to that address. Choose another one.",
  ERC20InvalidSender: () => "The coin refuses to leave that address.",
  ERC20InvalidSpender: () => "The coin refused the permission for this contest.",
  ERC2612ExpiredSignature: () => "Your signature ran out before it arrived. Sign again.",
  ERC2612InvalidSigner: () => "The signature does not belong to your wallet. Sign again with the connected account.",
  InvalidAccountNonce: () => "Another permission of yours came first. Start again.",
  SafeERC20FailedOperation: () => "The coin refused the transfer. Its maker may have paused it or blocked an account.",
  FailedCall: () => "The change could not be sent back to your wallet. Send exactly the fee.",
  ECDSAInvalidSignature: () => "The signature is not valid. Sign again.",
  ECDSAInvalidSignatureLength: () => "The signature has the wrong length. Sign again, if need be with another wallet.",
  ECDSAInvalidSignatureS: () =>
    "The signature is in a form that could be altered, so it was refused. Sign again with another wallet.",
  InvalidShortString: () => "A name in the contract is broken. Please report this.",
  StringTooLong: () => "A name is too long for the contract. Shorten it.",

  /* Creation */
  CloneArgumentsTooLong: () => "The rules are too long to be stored. Please report this.",
  Create2EmptyBytecode: () => "There is nothing to create. Please report this.",
  FailedDeployment: () =>
    "The contest could not be created. One with the same rules and the same salt may exist already.",
  InsufficientBalance: () => "The contract does not hold enough for that.",
};
