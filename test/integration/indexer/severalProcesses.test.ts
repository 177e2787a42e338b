import { join } from "node:path";
import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../support/until.ts";
import { clientOf, indexed } from "./indexerLab.ts";
import { listen } from "./listen.ts";
import { readIndex } from "./openIndex.ts";
import type { ProcessLab } from "./processLab.ts";
import { createProcessLab } from "./processLab.ts";

/** A standby tries four times a second; the rest is for a busy machine. */
const TAKEN_OVER_MS = 10_000;

let lab: ProcessLab;

beforeAll(async () => {
  lab = await createProcessLab();
});
afterAll(() => lab?.close());

/** Waits until all of them have the chain's newest block. */
async function allIndexed(urls: readonly string[]): Promise<void> {
  for (const url of urls) await indexed(url, lab.headNumber);
}

test("one process writes and the others read; when it is killed another takes over, and a restart loses nothing", async () => {
  const db = await lab.postgres.database("house");
  const writer = lab.serveWriter(db);
  const writerUrl = await writer.ready;
  await indexed(writerUrl, lab.headNumber);
  const standby = lab.serveWriter(db);
  const reader = lab.serveReader(db);
  const [standbyUrl, readerUrl] = await Promise.all([standby.ready, reader.ready]);

  await lab.drop(lab.alice, 1, parseEther("5"));
  await allIndexed([writerUrl, standbyUrl, readerUrl]);
  const answers = await Promise.all(
    [writerUrl, standbyUrl, readerUrl].map((url) => clientOf(url).ranking({ contest: lab.contest })),
  );
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);

  // What the writer writes is pushed by a process that only reads.
  const live = await listen(readerUrl);
  await lab.drop(lab.bob, 2, parseEther("3"));
  const head = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === head);

  // Whoever only reads knows how far the chain is.
  const told = await Promise.all([standbyUrl, readerUrl].map((url) => clientOf(url).ready()));
  expect(told).toEqual([0, 0].map((lag) => ({ ready: true, chainId: 31_337, head, indexed: head, lag, reason: null })));
  writer.kill("SIGKILL");
  await writer.ended;
  const killed = performance.now();
  await lab.drop(lab.carol, 3, parseEther("2"));
  await indexed(standbyUrl, lab.headNumber, TAKEN_OVER_MS);
  console.info(`killed to taken over: ${Math.round(performance.now() - killed)} ms`);
  await indexed(readerUrl, lab.headNumber);

  await lab.postgres.stop();
  await lab.drop(lab.alice, 2, parseEther("1"));
  const away = await until("the reader to say that it is not ready", async () => {
    const answer = await clientOf(readerUrl).ready();
    return answer.ready ? undefined : answer;
  });
  expect(away.reason).toBe("The database does not answer.");
  await lab.postgres.start();
  await lab.drop(lab.bob, 1, parseEther("4"));
  await allIndexed([standbyUrl, readerUrl]);
  const last = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === last);
  await live.close();

  const fresh = join(lab.folder, "fresh.sqlite");
  const other = lab.serveWriter(fresh);
  await indexed(await other.ready, lab.headNumber);
  await lab.end(standby, reader, other);
  expect(await readIndex(db)).toEqual(await readIndex(fresh));
});
