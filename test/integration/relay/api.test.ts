import { parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { relayCostsAnswer, relayNoncesAnswer } from "#protocol/relay.ts";
import { devAccounts } from "../../../scripts/start/localChain.ts";
import { runScript } from "../../support/runScript.ts";
import { createRelayLab, type RelayLab } from "./relayLab.ts";

let lab: RelayLab;
let relay: Awaited<ReturnType<RelayLab["relay"]>>;

beforeAll(async () => {
  lab = await createRelayLab();
  relay = await lab.relay();
});

afterAll(() => lab?.close());

test("bad input is refused with the field named", async () => {
  const good = await lab.order(await lab.voter());
  const named = async (change: Record<string, unknown>) => {
    const { status, error } = await relay.post({ ...good, ...change });
    return [status, error?.parameter];
  };
  expect(await named({ contest: "0x12" })).toEqual([400, "contest"]);
  expect(await named({ kind: "Move" })).toEqual([400, "kind"]);
  expect(await named({ voter: null })).toEqual([400, "voter"]);
  expect(await named({ entryId: "-1" })).toEqual([400, "entryId"]);
  expect(await named({ amount: 5 })).toEqual([400, "amount"]);
  expect(await named({ amount: "9".repeat(78) })).toEqual([400, "amount"]);
  expect(await named({ nonce: 112 })).toEqual([400, "nonce"]);
  expect(await named({ deadline: "tomorrow" })).toEqual([400, "deadline"]);
  expect(await named({ signature: "0x" })).toEqual([400, "signature"]);
  expect(await named({ signature: `0x${"ab".repeat(2_049)}` })).toEqual([400, "signature"]);
  expect(await named({ permit: { value: "1", deadline: "1", signature: "0x12" } })).toEqual([400, "permit.signature"]);
  expect(await named({ tip: "1" })).toEqual([400, "tip"]);
  expect(await named({ contest: lab.coin })).toEqual([404, "contest"]);
  expect((await relay.post("{")).status).toBe(400);
  expect((await relay.post("[]")).status).toBe(400);
  expect((await relay.post(`{"a":"${"x".repeat(20_000)}"}`)).status).toBe(413);
  const text = await fetch(`${relay.url}/v1/orders`, {
    method: "POST",
    body: "hello",
    headers: { "content-type": "text/html" },
  });
  expect(text.status).toBe(415);
});

test("what is not there is a 404, a malformed name a 400", async () => {
  expect((await relay.get(`/v1/orders/0x${"0".repeat(64)}`)).status).toBe(404);
  expect((await relay.get("/v1/orders/0x12")).status).toBe(400);
  expect((await relay.get(`/v1/nonces/${lab.contest}/0x12/1`)).status).toBe(400);
  expect((await relay.get(`/v1/nonces/${lab.coin}/${lab.coin}/1`)).status).toBe(404);
  expect((await relay.get("/v2")).status).toBe(404);
});

test("it says what an order costs, and who pays", async () => {
  await relay.settled(await relay.give(await lab.order(await lab.voter())));
  const { status, body } = await relay.get("/v1/costs");
  expect(status).toBe(200);
  const costs = relayCostsAnswer.parse(body);
  expect(costs.payer).toBe(devAccounts().relayer.address.toLowerCase());
  expect(costs.gasPerOrder).toBeGreaterThan(60_000);
  expect(costs.gasPerOrder).toBeLessThan(150_000);
  expect(BigInt(costs.weiPerOrder)).toBe(BigInt(costs.gasPerOrder) * BigInt(costs.gasPrice));
});

test("the next nonce leaves out those spent and those that wait", async () => {
  const patient = await lab.relay(["--batch-ms", "600000"]);
  const voter = await lab.voter();
  const next = async (at: typeof relay) =>
    relayNoncesAnswer.parse((await at.get(`/v1/nonces/${lab.contest}/${voter.address}/1`)).body);
  expect(await next(relay)).toMatchObject({ next: 0, waiting: [] });
  await relay.settled(await relay.give(await lab.order(voter)));
  expect(await next(relay)).toMatchObject({ next: 1, waiting: [] });
  await patient.give(await lab.order(voter, { nonce: 1 }));
  expect(await next(patient)).toMatchObject({ next: 2, waiting: [1] });
  const taken = await patient.post(await lab.order(voter, { nonce: 1, amount: "5" }));
  expect([taken.status, taken.error?.parameter]).toEqual([409, "nonce"]);
  await patient.stop("SIGKILL");
});

test("a voter has so many orders waiting, and so many a day", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--waiting-per-voter", "2"]);
  const voter = await lab.voter();
  for (const nonce of [0, 1]) await patient.give(await lab.order(voter, { nonce }));
  const third = await patient.post(await lab.order(voter, { nonce: 2 }));
  expect([third.status, third.error?.message]).toEqual([429, expect.stringContaining("2 orders of this voter wait")]);
  // Somebody else is not held up.
  await patient.give(await lab.order(await lab.voter()));
  await patient.stop("SIGKILL");

  const strict = await lab.relay(["--orders-per-day", "1"]);
  await strict.settled(await strict.give(await lab.order(voter, { nonce: 0 })));
  const second = await strict.post(await lab.order(voter, { nonce: 1 }));
  expect([second.status, second.error?.message]).toEqual([429, expect.stringContaining("1 orders a day")]);
  await strict.stop();
});

test("an address has so many orders a minute", async () => {
  const strict = await lab.relay(["--orders-per-minute", "2"]);
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await strict.post({})).status);
  expect(statuses).toEqual([400, 400, 429]);
  await strict.stop();
});

test("the hour's gas is spent, and then no order is taken and none is sent", async () => {
  // Room for the worst that one order can cost, once.
  const poor = await lab.relay(["--gas-per-hour", "1150000", "--contest-share", "100"]);
  await poor.settled(await poor.give(await lab.order(await lab.voter())));
  const refused = await poor.post(await lab.order(await lab.voter()));
  expect([refused.status, refused.error?.message]).toEqual([503, expect.stringContaining("pay yourself")]);
  await poor.stop();
});

test("a batch holds one order of a voter, and the rest follow", async () => {
  const patient = await lab.relay(["--batch-ms", "600000", "--orders-per-batch", "3"]);
  const voter = await lab.voter("2");
  // Two coins pay for two of these three; the third fails only once the others are in.
  const digests: string[] = [];
  for (const nonce of [0, 1, 2]) digests.push(await patient.give(await lab.order(voter, { nonce })));
  await patient.stop();
  expect(await lab.stakeOf(voter.address)).toBe(parseEther("2"));
  const logs = await lab.client.getContractEvents({
    address: lab.contest,
    abi: contestAbi,
    eventName: "OrderSkipped",
    fromBlock: 0n,
  });
  expect(logs).toEqual([]);
  expect(digests).toHaveLength(3);
});

test("a relay names no key, and without a contest it does not start", async () => {
  const env = { ...process.env, RELAY_KEY: devAccounts().relayer.privateKey, COINDROP_STATE: lab.folder };
  const none = await runScript("scripts/relay.ts", ["serve", "--rpc", lab.chain.url, "--key-env", "RELAY_KEY"], env);
  expect([none.code, none.output]).toEqual([1, expect.stringContaining("Which contests?")]);
  const wrong = await runScript(
    "scripts/relay.ts",
    ["serve", "--rpc", lab.chain.url, "--key-env", "RELAY_KEY", "--contest", lab.coin],
    env,
  );
  expect([wrong.code, wrong.output]).toEqual([1, expect.stringContaining("There is no contest at")]);
  const keyless = await runScript("scripts/relay.ts", ["serve", "--rpc", lab.chain.url, "--contest", lab.contest], env);
  expect([keyless.code, keyless.output]).toEqual([1, expect.stringContaining("No account is named")]);
  expect(none.output + wrong.output + keyless.output).not.toContain(devAccounts().relayer.privateKey.slice(2));
});
