import { join } from "node:path";
import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ready } from "#protocol/http.ts";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import { startPostgres } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";
import type { IndexerLab } from "./indexerLab.ts";
import { createIndexerLab, getJson, indexed } from "./indexerLab.ts";
import { startIndexerProcess } from "./indexerProcess.ts";
import { listen } from "./listen.ts";
import { readIndex } from "./openIndex.ts";

/** A standby tries four times a second; the rest is for a busy machine. */
const TAKEN_OVER_MS = 10_000;

let lab: IndexerLab;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
const own: ReturnType<typeof startIndexerProcess>[] = [];

beforeAll(async () => {
  [lab, postgres] = await Promise.all([createIndexerLab(), startPostgres()]);
});
afterAll(async () => {
  for (const child of own) child.kill("SIGKILL");
  await Promise.all(own.map(({ ended }) => ended));
  await lab.close();
  await postgres.close();
});

function start(db: string, ...more: string[]) {
  const given = {
    rpc: lab.rpc.url,
    factory: lab.factory,
    "node-registry": lab.nodeRegistry,
    db,
    "log-level": "silent",
  };
  const child = startIndexerProcess([
    "serve",
    ...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]),
    ...more,
  ]);
  own.push(child);
  return child;
}

/** Waits until all of them have the chain's newest block. */
async function allIndexed(urls: readonly string[]): Promise<void> {
  for (const url of urls) await indexed(url, lab.headNumber);
}

test("one process writes and the others read; when it is killed another takes over, and a restart loses nothing", async () => {
  const db = await postgres.database("house");
  const writer = start(db);
  const writerUrl = await writer.ready;
  await indexed(writerUrl, lab.headNumber);
  const standby = start(db);
  const reader = start(db, "--read-only");
  const [standbyUrl, readerUrl] = await Promise.all([standby.ready, reader.ready]);
  const ranking = `/v1/contests/${lab.contest}/ranking`;

  await lab.drop(lab.alice, 1, parseEther("5"));
  await allIndexed([writerUrl, standbyUrl, readerUrl]);
  const answers = await Promise.all([writerUrl, standbyUrl, readerUrl].map((url) => getJson(url + ranking)));
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);

  // What the writer writes is pushed by a process that only reads.
  const live = await listen(`${readerUrl}/v1/events`);
  await lab.drop(lab.bob, 2, parseEther("3"));
  const head = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === head);

  // Whoever only reads knows how far the chain is.
  const told = await Promise.all([standbyUrl, readerUrl].map((url) => createIndexerClient({ url }).ready()));
  expect(told).toEqual([0, 0].map((lag) => ({ ready: true, chainId: 31_337, head, indexed: head, lag, reason: null })));
  writer.kill("SIGKILL");
  await writer.ended;
  const killed = performance.now();
  await lab.drop(lab.carol, 3, parseEther("2"));
  await indexed(standbyUrl, lab.headNumber, TAKEN_OVER_MS);
  console.info(`killed to taken over: ${Math.round(performance.now() - killed)} ms`);
  await indexed(readerUrl, lab.headNumber);

  await postgres.stop();
  await lab.drop(lab.alice, 2, parseEther("1"));
  const away = await until("the reader to say that it is not ready", async () => {
    const answer = await getJson<Ready>(`${readerUrl}/ready`);
    return answer.ready ? undefined : answer;
  });
  expect(away.reason).toBe("The database does not answer.");
  await postgres.start();
  await lab.drop(lab.bob, 1, parseEther("4"));
  await allIndexed([standbyUrl, readerUrl]);
  const last = await lab.headNumber();
  await live.next("block", ({ block }) => block.number === last);
  await live.close();

  const fresh = join(lab.folder, "fresh.sqlite");
  const other = start(fresh);
  await indexed(await other.ready, lab.headNumber);
  for (const child of [standby, reader, other]) {
    child.kill("SIGTERM");
    expect(await child.ended).toEqual({ code: 0, signal: null });
  }
  expect(await readIndex(db)).toEqual(await readIndex(fresh));
});
