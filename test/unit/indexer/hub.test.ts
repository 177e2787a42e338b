import type { Server } from "node:http";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../../indexer/store/store.ts";
import type { Hub } from "../../../indexer/stream/hub.ts";
import { createHub } from "../../../indexer/stream/hub.ts";
import { appendMessages, KEPT_MESSAGES, messagesAfter } from "../../../indexer/stream/messages.ts";
import { until } from "../../support/until.ts";
import { CONTEST, createMemoryStore, headerOf } from "./memoryStore.ts";

let store: Store;
let hub: Hub;
let server: Server;
let url: string;

beforeEach(async () => {
  store = await createMemoryStore();
  hub = createHub({ read: store.read });
  server = createServer((request, response) => {
    const given = request.headers["last-event-id"];
    void hub.listen(response, { contest: undefined, lastEventId: typeof given === "string" ? given : undefined });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  hub.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await store.close();
});

/** Adds `count` messages and publishes them. */
async function say(count: number): Promise<void> {
  const messages = Array.from({ length: count }, () => ({ kind: "manifest", contest: CONTEST, entryId: 1 }) as const);
  await store.write((rows) => appendMessages(rows, messages));
  await hub.publish();
}

async function hear(headers: Record<string, string> = {}) {
  const heard = { text: "", closed: false };
  const request = get(url, { headers }, (response) => {
    response.setEncoding("utf8").on("data", (chunk: string) => {
      heard.text += chunk;
    });
    response.on("close", () => {
      heard.closed = true;
    });
    response.on("error", () => {});
  });
  request.on("error", () => {});
  await until("the greeting", () => heard.text.includes("id: "));
  return { heard, request };
}

describe("the hub", () => {
  test("cuts off a listener that does not read, and goes on telling the others", async () => {
    let cut = false;
    const deaf = get(url, (response) => {
      response.pause();
      response.on("error", () => {});
    });
    deaf.on("error", () => {});
    server.on("connection", () => {});
    const sockets = await until("the deaf listener", () => hub.listeners() === 1);
    expect(sockets).toBe(true);
    const { heard } = await hear();
    await until(
      "the deaf listener to be cut off",
      async () => {
        await say(2_000);
        await new Promise((resolve) => setImmediate(resolve));
        cut = hub.listeners() === 1;
        return cut;
      },
      20_000,
    );
    const newest = Number(await store.read((read) => read.cell(`SELECT max("seq") FROM "messages"`)));
    await until("the other listener to hear the newest", () => heard.text.includes(`-${newest}\n`));
    deaf.destroy();
  });

  test("keeps a bounded number of messages, and a listener that missed more is told to read anew", async () => {
    const { heard: first, request } = await hear();
    await say(1);
    const id = await until("an id", () => /id: (\w+-1)\n/.exec(first.text)?.[1]);
    request.destroy();
    await say(KEPT_MESSAGES + 1);
    expect(await store.read((read) => read.cell(`SELECT count(*) FROM "messages"`))).toBe(KEPT_MESSAGES);
    const { heard } = await hear({ "last-event-id": id });
    expect(heard.text).toContain("event: rollback");
    expect(heard.text).toContain(headerOf(0, 0).hash);
    expect(heard.text).not.toContain("event: manifest");
  });

  test("numbers messages without gaps", async () => {
    await say(3);
    await say(2);
    const kept = await store.read((rows) => messagesAfter(rows, 0));
    expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("tells those who listen to read everything anew when another version's rows answer, and goes on from there", async () => {
    const other = await createMemoryStore();
    let from = store;
    hub.close();
    hub = createHub({ read: (work) => from.read(work) });
    await say(3);
    const { heard, request } = await hear();
    from = other;
    await hub.publish();
    await until("the news", () => heard.text.includes("event: rollback"));
    expect(heard.text).toContain('"block":{"number":0,');
    const message = { kind: "manifest", contest: CONTEST, entryId: 7 } as const;
    await other.write((rows) => appendMessages(rows, [message]));
    await hub.publish();
    await until("what came after", () => heard.text.includes('"entryId":7'));
    request.destroy();
    await other.close();
  });
});
