import { createPublicClient, http } from "viem";
import { afterEach, expect, test } from "vitest";
import { createRelayApi } from "../../../scripts/relay/api.ts";
import { createBudget } from "../../../scripts/relay/budget.ts";
import { createContests } from "../../../scripts/relay/contests.ts";
import { createIntake } from "../../../scripts/relay/intake.ts";
import { openStore } from "../../../scripts/relay/store.ts";
import { trustedProxies } from "../../../scripts/relay/trustedProxies.ts";

const PAYER = "0x00000000000000000000000000000000000000aa";
const LIMITS = {
  waitingPerVoter: 1,
  ordersPerDay: 1,
  ordersPerMinute: 2,
  ordersPerBatch: 1,
  batchMs: 0,
  gasPerHour: 1_000_000,
  weiPerDay: 1n,
  contestShare: 50,
  maxFeePerGas: 1n,
  stuckMs: 1,
  lostMs: 1,
  confirmations: 1,
  drainMs: 1,
  pollMs: 1,
};

type Api = Awaited<ReturnType<typeof createRelayApi>>;
const open: Api[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

/** The HTTP side of a relay whose chain is silent: what it answers shows who got as far as to be answered. */
async function silentRelay(proxies: string | null): Promise<Api> {
  const client = createPublicClient({ transport: http("http://127.0.0.1:1", { retryCount: 0 }) });
  const contests = await createContests(client, { chainId: 1, named: [], factory: undefined });
  const store = openStore(":memory:", { chainId: 1, account: PAYER });
  const now = () => 0;
  const budget = createBudget({ store, limits: LIMITS, isShared: false, now });
  const [wake, problem] = [() => {}, () => null];
  const intake = createIntake({
    ...{ client, contests, store, budget, limits: LIMITS, chainId: 1, payer: PAYER, now, wake, problem },
  });
  const api = await createRelayApi({
    intake,
    ordersPerMinute: LIMITS.ordersPerMinute,
    proxies: proxies === null ? null : trustedProxies(proxies),
    ready: problem,
    onError: () => {},
  });
  open.push(api);
  return api;
}

/** Status codes of orders posted in this order, each from `forwarded` by a proxy at `from`. */
async function posted(api: Api, callers: readonly { readonly from: string; readonly forwarded?: string }[]) {
  const codes: number[] = [];
  for (const { from, forwarded } of callers) {
    const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    codes.push(
      (await api.inject({ method: "POST", url: "/v1/orders", payload: {}, remoteAddress: from, headers })).statusCode,
    );
  }
  return codes;
}

const PROXY = "192.0.2.1";
const WRITTEN = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

test("what a caller writes into X-Forwarded-For gets them no further orders", async () => {
  const bare = WRITTEN.map((forwarded) => ({ from: PROXY, forwarded }));
  expect(await posted(await silentRelay(null), bare)).toEqual([400, 400, 429]);
  // The proxy adds who it was at the end; what stands before it is the caller's own.
  const behind = WRITTEN.map((forwarded) => ({ from: PROXY, forwarded: `${forwarded}, 203.0.113.7` }));
  expect(await posted(await silentRelay("1"), behind)).toEqual([400, 400, 429]);
  expect(await posted(await silentRelay("192.0.2.0/24"), behind)).toEqual([400, 400, 429]);
  // Past the proxy, straight at the relay.
  const straight = WRITTEN.map((forwarded) => ({ from: "203.0.113.7", forwarded }));
  expect(await posted(await silentRelay("192.0.2.0/24"), straight)).toEqual([400, 400, 429]);
});

test("callers behind the same proxy are told apart", async () => {
  const callers = WRITTEN.map((forwarded) => ({ from: PROXY, forwarded }));
  expect(await posted(await silentRelay("1"), callers)).toEqual([400, 400, 400]);
});

test("a network of IPv6 is one caller", async () => {
  const same = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"].map((from) => ({ from }));
  expect(await posted(await silentRelay(null), same)).toEqual([400, 400, 429]);
  const others = ["2001:db8:1:2::1", "2001:db8:1:3::1", "2001:db8:1:4::1"].map((from) => ({ from }));
  expect(await posted(await silentRelay(null), others)).toEqual([400, 400, 400]);
});

test("questions that cost one to the chain are limited, each kind for itself", async () => {
  const api = await silentRelay(null);
  const ask = async (url: string) => (await api.inject({ url })).statusCode;
  for (const url of ["/v1/costs", `/v1/nonces/${PAYER}/${PAYER}/1`]) {
    const first = await ask(url);
    expect([first, await ask(url), await ask(url)]).toEqual([first, first, 429]);
    expect(first).not.toBe(429);
  }
  // What costs nothing is not.
  for (let i = 0; i < 5; i++) expect(await ask(`/v1/orders/0x${"0".repeat(64)}`)).toBe(404);
});

test("connections end, and are not without number", async () => {
  const { server } = await silentRelay(null);
  expect([server.requestTimeout, server.keepAliveTimeout, server.maxConnections]).toEqual([30_000, 10_000, 1_024]);
});
