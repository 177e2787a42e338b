import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Abi,
  type Address,
  createTestClient,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  http,
  keccak256,
  parseEther,
  parseGwei,
  stringToBytes,
} from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { z } from "zod";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { type PostedOrder, type RelayOrder, relayErrorAnswer, relayOrderAnswer } from "#protocol/relay.ts";
import type { Rules } from "#protocol/rules.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import { ordersDomain, orderTypes, permitTypes } from "#protocol/typedData.ts";
import { publicClientOf, send, walletOf } from "../../../scripts/chainClients.ts";
import { createContest, deploy, submitEntry } from "../../../scripts/deploy.ts";
import { createChainClock } from "../../../scripts/start/chainClock.ts";
import { devAccounts, LOCAL_CHAIN_ID, localChain } from "../../../scripts/start/localChain.ts";
import { type Service, startService } from "../../../scripts/start/service.ts";
import { root } from "../../../scripts/tool/root.ts";
import { startChainProcess } from "../../support/chainProcess.ts";
import { until } from "../../support/until.ts";

export const DAY = 86_400;
const salt = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

export type RelayLab = Awaited<ReturnType<typeof createRelayLab>>;

/** A chain in a process of its own with a contest whose voting is open, two entries, and relays that are processes. */
export async function createRelayLab() {
  const start = 1_900_000_000;
  const chain = await startChainProcess(start);
  const folder = mkdtempSync(path.join(tmpdir(), "coindrop-relay-"));
  const accounts = devAccounts();
  const definition = localChain(chain.url);
  const client = publicClientOf(definition);
  const as = (account: PrivateKeyAccount) => ({ publicClient: client, wallet: walletOf(definition, account) });
  const organiser = as(accounts.organiser as unknown as PrivateKeyAccount);
  const clock = createChainClock(chain.url);
  const time = createTestClient({ mode: "hardhat", transport: http(chain.url) });
  const { coin, factory } = await deploy(organiser);
  const rules: Rules = {
    coin,
    prizeToken: coin,
    personhood: ZERO_ADDRESS,
    arbitrator: ZERO_ADDRESS,
    arbitratorExtraDataHash: salt(0),
    declarationHash: keccak256(stringToBytes("independent")),
    entriesOpen: start + 1_000,
    votesOpen: start + 2_000,
    countFrom: start + 5 * DAY,
    votesClose: start + 10 * DAY,
    rulingTimeout: DAY,
    maxEntries: 10,
    maxModelBytes: 2 ** 31,
    personCap: 0n,
    entryCap: 0n,
    entryBond: parseEther("1"),
    challengeBond: parseEther("1"),
    minTally: 0n,
    split: [10_000, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  };
  const contest = (await createContest(organiser, { factory, rules, salt: salt(1) })).toLowerCase() as Address;
  const otherContest = (await createContest(organiser, { factory, rules, salt: salt(2) })).toLowerCase() as Address;
  await clock.advanceTo(rules.entriesOpen);
  for (const [where, model] of [
    [contest, 1],
    [contest, 2],
    [otherContest, 3],
  ] as const) {
    const hash = salt(model);
    const input = {
      manifestHash: hash,
      modelSha256: hash,
      modelRoot: hash,
      modelSize: 1_000,
      manifestURI: "https://a.example",
    };
    await submitEntry(organiser, { contest: where, rules, input });
  }
  await clock.advanceTo(rules.votesOpen);
  await time.mine({ blocks: 1 });

  const write = (by: PrivateKeyAccount, to: Address, abi: Abi, functionName: string, args: readonly unknown[]) =>
    send(as(by), { to, data: encodeFunctionData({ abi, functionName, args }) });
  const relays: Service[] = [];
  let made = 0;

  return {
    chain,
    client,
    time,
    clock,
    coin: coin.toLowerCase() as Address,
    factory,
    contest,
    otherContest,
    rules,
    organiser: accounts.organiser as unknown as PrivateKeyAccount,
    folder,
    write,

    /** A voter with coins, no ether, and an allowance of `allowed` wei for a contest, which somebody's ether paid for. */
    async voter(coins = "10", allowed = parseEther("1000"), spender = contest): Promise<PrivateKeyAccount> {
      const voter = privateKeyToAccount(generatePrivateKey());
      await write(accounts.organiser as unknown as PrivateKeyAccount, coin, erc20Abi, "transfer", [
        voter.address,
        parseEther(coins),
      ]);
      if (allowed > 0n) {
        await clock.setBalance(voter.address, parseEther("1"));
        await write(voter, coin, erc20Abi, "approve", [spender, allowed]);
        await clock.setBalance(voter.address, 0n);
      }
      return voter;
    },

    /** An order as its voter signs it. */
    async order(
      signer: PrivateKeyAccount,
      fields: Partial<Omit<PostedOrder, "signature">> & { readonly chainId?: number } = {},
    ): Promise<PostedOrder> {
      const now = (await client.getBlock()).timestamp;
      const { chainId = LOCAL_CHAIN_ID, ...named } = fields;
      const order = {
        contest,
        kind: "Drop" as const,
        voter: signer.address,
        entryId: "1",
        amount: parseEther("1").toString(),
        nonce: 0,
        deadline: String(now + BigInt(DAY)),
        ...named,
      };
      const message = {
        voter: order.voter as Address,
        entryId: BigInt(order.entryId),
        amount: BigInt(order.amount),
        nonce: BigInt(order.nonce),
        deadline: BigInt(order.deadline),
      };
      const domain = ordersDomain({ chainId, verifyingContract: order.contest as Address });
      const signature = await signer.signTypedData({ domain, types: orderTypes, primaryType: order.kind, message });
      return { ...order, signature };
    },

    async permit(signer: PrivateKeyAccount, value: bigint): Promise<NonNullable<PostedOrder["permit"]>> {
      const deadline = (await client.getBlock()).timestamp + BigInt(DAY);
      const nonce = await client.readContract({
        address: coin,
        abi: demoCoinAbi,
        functionName: "nonces",
        args: [signer.address],
      });
      const domain = { name: "Coindrop demo coin", version: "1", chainId: LOCAL_CHAIN_ID, verifyingContract: coin };
      const message = { owner: signer.address, spender: contest, value, nonce, deadline };
      const signature = await signer.signTypedData({ domain, types: permitTypes, primaryType: "Permit", message });
      return { value: String(value), deadline: String(deadline), signature };
    },

    async stakeOf(voter: Address, entryId = 1n): Promise<bigint> {
      const [stake] = await client.readContract({
        address: contest,
        abi: contestAbi,
        functionName: "stakeOf",
        args: [voter, entryId],
      });
      return stake;
    },
    balanceOf: (holder: Address) =>
      client.readContract({ address: coin, abi: erc20Abi, functionName: "balanceOf", args: [holder] }),

    /** Sends without waiting for a block, with a tip that puts it before what relays send. */
    async hurry(by: PrivateKeyAccount, to: Address, data: Hex): Promise<Hex> {
      await clock.setBalance(by.address, parseEther("1"));
      const fees = { maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: parseGwei("50") };
      return walletOf(definition, by).sendTransaction({ to, data, gas: 1_000_000n, ...fees });
    },

    /** Waits until a transaction of the relay's account waits for a block. */
    sending: () =>
      until("the relay to send", async () => {
        const [sent, included] = await Promise.all(
          (["pending", "latest"] as const).map((blockTag) =>
            client.getTransactionCount({ address: accounts.relayer.address, blockTag }),
          ),
        );
        return (sent ?? 0) > (included ?? 0);
      }),

    /** Transactions that the relay's account has had included. */
    carried: () => client.getTransactionCount({ address: accounts.relayer.address }),

    stateFile: () => path.join(folder, `state-${++made}.sqlite`),

    /** A relay of its own. `args`: further flags. */
    async relay(args: readonly string[] = [], state = path.join(folder, `state-${++made}.sqlite`)) {
      const service = startService({
        name: "the relay",
        file: path.join(root, "scripts/relay.ts"),
        args: [
          ...["serve", "--json", "--rpc", chain.url, "--contest", `${contest},${otherContest}`, "--state", state],
          ...["--key-env", "RELAY_KEY", "--batch-ms", "50", "--poll-ms", "50", "--orders-per-minute", "1000", ...args],
        ],
        env: { RELAY_KEY: accounts.relayer.privateKey, COINDROP_STATE: folder },
        logFile: path.join(folder, "relay.log"),
      });
      relays.push(service);
      const url = String((await service.ready)["url"]);
      const get = async (route: string) => {
        const response = await fetch(`${url}${route}`);
        return { status: response.status, body: (await response.json()) as Record<string, never> };
      };
      const post = async (order: unknown) => {
        const response = await fetch(`${url}/v1/orders`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: typeof order === "string" ? order : JSON.stringify(order),
        });
        const answer: unknown = await response.json();
        const body: { order?: RelayOrder; error?: z.infer<typeof relayErrorAnswer>["error"] } = response.ok
          ? relayOrderAnswer.parse(answer)
          : relayErrorAnswer.parse(answer);
        return { status: response.status, ...body };
      };
      const status = async (digest: Hex) => (await get(`/v1/orders/${digest}`)).body["order"] as unknown as RelayOrder;
      return {
        url,
        service,
        get,
        post,
        status,
        /** Posts an order that must be taken, and returns its digest. */
        async give(order: PostedOrder): Promise<Hex> {
          const answer = await post(order);
          if (answer.order === undefined)
            throw new Error(`refused with ${answer.status}: ${JSON.stringify(answer.error)}`);
          return answer.order.digest;
        },
        /** Waits until an order is decided. */
        settled: (digest: Hex) =>
          until("the order to be decided", async () => {
            const order = await status(digest);
            return order.state === "done" || order.state === "skipped" ? order : undefined;
          }),
        async stop(signal: NodeJS.Signals = "SIGTERM") {
          service.kill(signal);
          return service.exited;
        },
      };
    },

    async close() {
      for (const relay of relays) relay.kill("SIGKILL");
      await Promise.all(relays.map((relay) => relay.exited));
      await chain.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
