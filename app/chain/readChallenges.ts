import type { Address } from "viem";
import { parseAbi } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import type { Block, ChallengeView, ContestView } from "#protocol/http.ts";
import { chainClient } from "./client.ts";

const events = parseAbi([
  "event EntryChallenged(uint256 indexed entryId, uint256 indexed challengeId, address indexed challenger, uint256 disputeId, string evidenceURI)",
  "event EntryRuled(uint256 indexed entryId, uint256 indexed challengeId, uint256 ruling, bool lapsed)",
  "event Evidence(address indexed arbitrator, uint256 indexed evidenceGroupID, address indexed party, string evidence)",
]);

/** As many as the indexer lists. */
const mostEvidence = 50;

/**
 * A contest's challenges by entry id, from their events. Empty where the endpoint refuses to search that far: the
 * entry's status says then that there is one, and nobody says why.
 */
export async function readChallenges(
  config: AppConfig,
  { address, rules }: Pick<ContestView, "address"> & { readonly rules: Pick<ContestView["rules"], "rulingTimeout"> },
  upTo: number,
): Promise<ReadonlyMap<number, ChallengeView[]>> {
  const client = chainClient(config);
  const logs = await client
    .getLogs({ address, events, strict: true, fromBlock: 0n, toBlock: BigInt(upTo) })
    .catch(() => []);
  const blocks = new Map<bigint, Block>();
  for (const number of new Set(logs.map(({ blockNumber }) => blockNumber))) {
    const { hash, timestamp } = await client.getBlock({ blockNumber: number });
    blocks.set(number, { number: Number(number), hash, timestamp: Number(timestamp) });
  }
  const blockOf = (number: bigint): Block => {
    const block = blocks.get(number);
    if (block === undefined) throw new RangeError(`block ${number} was not read`);
    return block;
  };

  const byEntry = new Map<number, ChallengeView[]>();
  for (const { eventName, args, blockNumber } of logs) {
    if (eventName !== "EntryChallenged") continue;
    const { entryId, challengeId, challenger, disputeId, evidenceURI } = args;
    const openedAt = blockOf(blockNumber);
    const brought = logs.flatMap((log) =>
      log.eventName === "Evidence" && log.args.evidenceGroupID === challengeId
        ? [{ party: lower(log.args.party), evidenceURI: log.args.evidence, block: blockOf(log.blockNumber) }]
        : [],
    );
    const ruled = logs.flatMap((log) =>
      log.eventName === "EntryRuled" && log.args.challengeId === challengeId
        ? [{ ruling: Number(log.args.ruling), lapsed: log.args.lapsed, block: blockOf(log.blockNumber) }]
        : [],
    );
    const list = byEntry.get(Number(entryId)) ?? [];
    list.push({
      challengeId: Number(challengeId),
      challenger: lower(challenger),
      disputeId: disputeId.toString(),
      evidenceURI,
      openedAt,
      due: openedAt.timestamp + rules.rulingTimeout,
      evidence: brought.slice(0, mostEvidence),
      evidenceCount: brought.length,
      closed: ruled[0] ?? null,
    });
    byEntry.set(Number(entryId), list);
  }
  return byEntry;
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
