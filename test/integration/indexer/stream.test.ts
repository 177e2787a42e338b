import { parseEther } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StreamMessage } from "#protocol/http.ts";
import type { Indexer } from "../../../indexer/serve.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { createIndexerLab, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";

describe("the event stream", () => {
  let lab: IndexerLab;
  let indexer: Indexer;
  let url: string;

  beforeAll(async () => {
    lab = await createIndexerLab();
    indexer = await lab.serve();
    url = indexer.url;
  });
  afterAll(async () => {
    await indexer?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    await indexed(indexer.url, lab.headNumber);
  });

  const touches = (entryId: number) => (message: Extract<StreamMessage, { kind: "block" }>) =>
    message.contests.some(({ entries }) => entries.some((entry) => entry.entryId === entryId));

  test("tells a drop with its entry's new figures, soon after its block", async () => {
    const listener = await listen(url, { contest: lab.contest });
    const delays: number[] = [];
    for (let round = 1; round <= 20; round++) {
      await lab.drop(lab.alice, 1, parseEther("1"));
      const mined = performance.now();
      const staked = parseEther(String(round)).toString();
      const { at } = await listener.next("block", ({ contests }) => contests[0]?.entries[0]?.staked === staked);
      delays.push(at - mined);
    }
    await listener.close();
    const [first] = listener.heard.flatMap(({ message }) => (message.kind === "block" ? message.contests : []));
    expect(first?.activity).toMatchObject([{ kind: "dropped", entryId: 1, amount: parseEther("1").toString() }]);
    expect(first?.entries).toMatchObject([{ entryId: 1, score: "259200000000000000000000", voters: 1 }]);
    expect(delays.sort((a, b) => a - b)[10]).toBeLessThan(500);
    console.log(`mined to heard: median ${delays[10]?.toFixed(0)} ms, slowest ${delays[19]?.toFixed(0)} ms`);
  });

  test("a listener that comes back gets exactly what it missed", async () => {
    const first = await listen(url);
    await lab.drop(lab.bob, 2, parseEther("1"));
    const { id } = await first.next("block", touches(2));
    await first.close();
    await lab.drop(lab.bob, 3, parseEther("1"));
    await lab.drop(lab.alice, 1, parseEther("1"));
    const head = await lab.headNumber();
    await indexed(indexer.url, lab.headNumber);

    const second = await listen(url, { lastEventId: id });
    await second.next("block", ({ block }) => block.number === head);
    await second.close();
    const missed = second.heard.map(({ message }) => message);
    expect(missed.map(({ kind }) => kind)).toEqual(["block", "block"]);
    expect(
      missed.flatMap((message) => (message.kind === "block" ? message.contests[0]?.entries[0]?.entryId : [])),
    ).toEqual([3, 1]);
  });

  test("a listener with a position of another database is told to read everything anew", async () => {
    for (const lastEventId of ["00000000-5", "nonsense", `${"9".repeat(400)}`]) {
      const listener = await listen(url, { lastEventId });
      const { message } = await listener.next("rollback", () => true);
      await listener.close();
      expect(message).toMatchObject({ block: { number: 0 } });
    }
  });

  test("a rollback is told before the blocks of the other branch", async () => {
    const fork = await lab.request("evm_snapshot");
    const forkedAt = await lab.headNumber();
    const listener = await listen(url);
    await lab.drop(lab.carol, 2, parseEther("9"));
    await listener.next("block", touches(2));
    await lab.request("evm_revert", [fork]);
    await lab.drop(lab.carol, 3, parseEther("9"));
    await listener.next("block", touches(3));
    await listener.close();
    const told = listener.heard.map(({ message }) => [message.kind, "block" in message ? message.block.number : null]);
    expect(told).toEqual([
      ["block", forkedAt + 1],
      ["rollback", forkedAt],
      ["block", forkedAt + 1],
    ]);
  });

  test("a listener to another contest hears of blocks, not of this contest", async () => {
    const listener = await listen(url, { contest: `0x${"12".repeat(20)}` });
    await lab.drop(lab.alice, 1, parseEther("1"));
    const head = await lab.headNumber();
    const { message } = await listener.next("block", ({ block }) => block.number === head);
    await listener.close();
    expect(message).toMatchObject({ contests: [] });
  });

  test("positions survive a restart", async () => {
    const listener = await listen(url);
    await lab.drop(lab.alice, 2, parseEther("1"));
    const { id } = await listener.next("block", touches(2));
    await listener.close();
    await indexer.close();
    await lab.drop(lab.alice, 3, parseEther("1"));
    indexer = await lab.serve();
    url = indexer.url;
    const again = await listen(url, { lastEventId: id });
    await again.next("block", touches(3));
    await again.close();
    expect(again.heard.every(({ message }) => message.kind === "block")).toBe(true);
  });
});
