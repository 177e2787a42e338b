import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limitConnections, mostConnections } from "../../../indexer/api/limitConnections.ts";
import { until } from "../../support/until.ts";

let server: ReturnType<typeof createServer>;
let sockets: Socket[];
let closed: number;
let warned: object[];

beforeEach(async () => {
  [sockets, closed, warned] = [[], 0, []];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const log = {
  warn(facts: object) {
    warned.push(facts);
  },
};

function call(): void {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  socket.once("close", () => {
    closed += 1;
  });
  sockets.push(socket);
}

const held = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

test("what comes beyond the most is closed at once, the log says so once, and others keep theirs", async () => {
  limitConnections(server, 2, log);
  for (let caller = 0; caller < 6; caller++) call();
  await until("those beyond to be closed", () => closed === 4);
  expect(await held()).toBe(2);
  expect(warned).toEqual([{ most: 2, refused: 1 }]);
});

test("a place that becomes free is given to the next", async () => {
  limitConnections(server, 1, log);
  call();
  await until("the first to be held", async () => (await held()) === 1);
  sockets[0]?.destroy();
  await until("its place to be free", async () => (await held()) === 0);
  call();
  await until("the next to be held", async () => (await held()) === 1);
  expect(warned).toEqual([]);
});

test("a system without a limit closes nobody", async () => {
  limitConnections(server, Number.POSITIVE_INFINITY, log);
  for (let caller = 0; caller < 6; caller++) call();
  await until("all to be held", async () => (await held()) === 6);
  expect(warned).toEqual([]);
});

test("the most is what this process may open, less what it opens itself", () => {
  expect(mostConnections()).toBeGreaterThanOrEqual(16);
});
