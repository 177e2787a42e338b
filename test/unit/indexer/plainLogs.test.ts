import { expect, test } from "vitest";
import { plainLogs } from "../../../indexer/chain/plainLogs.ts";
import { rpcOver } from "../../../indexer/chain/rpc.ts";
import { createScriptedChain } from "../../support/scriptedChain.ts";
import { address, word } from "./memoryStore.ts";

const raw = {
  address: address(1),
  topics: [word(2), word(3)],
  data: "0x0102",
  blockNumber: "0x10",
  blockHash: word(4),
  transactionHash: word(5),
  logIndex: "0x0",
  transactionIndex: "0x0",
  removed: false,
};
const log = {
  address: address(1),
  topics: [word(2), word(3)],
  data: "0x0102",
  block: 16,
  blockHash: word(4),
  transaction: word(5),
  logIndex: 0,
};

test("logs as they are usually written are taken over", () => {
  expect(plainLogs([])).toEqual([]);
  const { removed: _, transactionIndex: __, ...bare } = raw;
  expect(plainLogs([raw, bare])).toEqual([log, log]);
});

test("each keeps its own block and transaction, also beside one that shares a part of them", () => {
  const others = [
    { ...raw, logIndex: "0x1" },
    { ...raw, logIndex: "0x2", transactionHash: word(6) },
    { ...raw, logIndex: "0x3", transactionHash: word(6), blockHash: word(7) },
    { ...raw, logIndex: "0x4", transactionHash: word(6), blockHash: word(7), blockNumber: "0x11" },
  ];
  expect(plainLogs([raw, ...others])).toEqual([
    log,
    { ...log, logIndex: 1 },
    { ...log, logIndex: 2, transaction: word(6) },
    { ...log, logIndex: 3, transaction: word(6), blockHash: word(7) },
    { ...log, logIndex: 4, transaction: word(6), blockHash: word(7), block: 17 },
  ]);
});

test.each([
  ["no list", { logs: [] }],
  ["nothing in the place of a log", [null]],
  ["an address in capitals", [{ ...raw, address: `0x${"AB".repeat(20)}` }]],
  ["an address that is too short", [{ ...raw, address: "0x01" }]],
  ["five topics", [{ ...raw, topics: Array.from({ length: 5 }, () => word(1)) }]],
  ["a topic that is too long", [{ ...raw, topics: [`${word(1)}00`] }]],
  ["half a byte", [{ ...raw, data: "0x012" }]],
  ["no data", [{ ...raw, data: undefined }]],
  ["a block number that is a number", [{ ...raw, blockNumber: 16 }]],
  ["a block number beyond what is exact", [{ ...raw, blockNumber: `0x${"f".repeat(14)}` }]],
  ["a log of no block yet", [{ ...raw, blockNumber: null, blockHash: null }]],
  ["no index", [{ ...raw, logIndex: undefined }]],
  ["a word for removed", [{ ...raw, removed: "no" }]],
  ["one bad log after a good one", [raw, { ...raw, transactionHash: "0x" }]],
])("%s is left to the schema", (_, answer) => {
  expect(plainLogs(answer)).toBeUndefined();
});

test("the schema reads the same of what only is written otherwise", async () => {
  const shouted = { ...raw, address: address(0xab).toUpperCase().replace("0X", "0x"), logIndex: "0x0A" };
  const rpc = rpcOver({ request: async () => [shouted] }, "test");
  expect(await rpc.logs({ addresses: [], from: 16, to: 16 })).toEqual([
    { ...log, address: address(0xab), logIndex: 10 },
  ]);
  // And of what every endpoint here writes, nothing is left to it.
  expect(plainLogs(createScriptedChain({ entries: 3, finality: undefined }).said().logs)).toHaveLength(4);
});
