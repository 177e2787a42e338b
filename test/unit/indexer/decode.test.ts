import fc from "fast-check";
import { decodeEventLog, encodeAbiParameters, encodeEventTopics } from "viem";
import { expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import type { Log } from "../../../indexer/chain/log.ts";
import { decodeLog } from "../../../indexer/decode/decodeLog.ts";
import { address, CONTEST, word } from "./memoryStore.ts";

const amounts = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

test("reads StakeChanged as viem does", () => {
  fc.assert(
    fc.property(
      fc.nat().map(address),
      fc.integer({ min: 1, max: 65_535 }),
      amounts,
      amounts,
      amounts,
      fc.integer({ min: 0, max: 2 ** 40 }),
      (voter, entryId, stake, weight, entryWeight, timestamp) => {
        const args = { voter, entryId: BigInt(entryId) };
        const topics = encodeEventTopics({ abi: contestAbi, eventName: "StakeChanged", args }) as Log["topics"];
        const uint = { type: "uint256" } as const;
        const values = [stake, weight, entryWeight, BigInt(timestamp)] as const;
        const data = encodeAbiParameters([uint, uint, uint, uint], values);
        const log = { address: CONTEST, topics, data, block: 1, blockHash: word(1), transaction: word(2), logIndex: 0 };
        const theirs = decodeEventLog({ abi: contestAbi, eventName: "StakeChanged", topics: topics as never, data });
        expect(decodeLog("contest", log)).toEqual({
          name: "StakeChanged",
          voter: theirs.args.voter.toLowerCase(),
          entryId: Number(theirs.args.entryId),
          stake: theirs.args.stake,
          weight: theirs.args.weight,
          entryWeight: theirs.args.entryWeight,
          timestamp: Number(theirs.args.timestamp),
        });
      },
    ),
  );
});

test("passes over events that the fold has no use for", () => {
  const log = {
    address: CONTEST,
    topics: [word(7)],
    data: "0x",
    block: 1,
    blockHash: word(1),
    transaction: word(2),
    logIndex: 0,
  } as const;
  expect(decodeLog("contest", log)).toBeUndefined();
  expect(decodeLog("registry", { ...log, topics: [] })).toBeUndefined();
});
