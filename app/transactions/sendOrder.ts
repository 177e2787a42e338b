import type { QueryClient } from "@tanstack/react-query";
import { type Address, type Hex, size, type TypedDataDefinition } from "viem";
import { getAccount, getWalletClient } from "wagmi/actions";
import { demoCoinAbi } from "#protocol/abi.ts";
import type { AppConfig } from "#protocol/config.ts";
import { BaseError, RetryableError } from "#protocol/errors.ts";
import type { PostedOrder, RelayOrder, RelayReason } from "#protocol/relay.ts";
import { ordersDomain, orderTypes, permitTypes } from "#protocol/typedData.ts";
import { chainClient } from "../chain/client.ts";
import { chainNow } from "../data/clock.ts";
import { localTime } from "../parts/when.ts";
import { walletConfig } from "../wallet/walletConfig.ts";
import { words } from "../words/words.ts";
import { askNonces, askOrder, postOrder, RelayRefusedError } from "./askRelay.ts";
import { coinDomain } from "./coinDomain.ts";
import { errorWords } from "./errorWords.ts";
import { explain } from "./explain.ts";
import type { OrderAct } from "./order.ts";
import { settle } from "./settle.ts";
import { beginSteps } from "./steps.ts";
import type { Hands } from "./transaction.ts";

/** Seconds that an order can be carried: a relay that refuses or falls silent holds it no longer than that. */
const orderLife = 1_200;
const askEveryMs = 700;
/** How long a relay may be silent before the page says so. */
const silenceMs = 10_000;

/** done: in a block. open: declined, or nobody can say yet. refused: nothing came of it, and one may pay oneself. */
export type OrderOutcome = "done" | "open" | "refused";

type Sending = { readonly config: AppConfig; readonly client: QueryClient; readonly place: string };

/**
 * Has an act signed and carried by the relay, and shows its steps at `place`: one signature, a second where the coin's
 * allowance is short, then the relay's own word until it is in a block.
 */
export async function sendOrder(act: OrderAct, { config, client, place }: Sending): Promise<OrderOutcome> {
  const step = beginSteps(act.title, place);
  const fail = (sentence: string, details: string, uncertain = false) =>
    step({ at: "failed", sentence, details, hash: null, uncertain });
  const relay = config.relayUrl;
  const chain = chainClient(config);
  const time = Date.now();
  let isPosted = false;
  let deadline = 0;
  try {
    if (relay === null) throw new RetryableError("This page names no relay.");
    const wagmi = walletConfig(config);
    const account = getAccount(wagmi).address;
    if (account === undefined) throw new BaseError(words.errors.noWallet);
    const wallet = await getWalletClient(wagmi, { chainId: config.chainId });
    const sign = async (data: TypedDataDefinition, what: string): Promise<Hex> => {
      step({ at: "signing", what });
      return wallet.signTypedData({ ...data, account } as Parameters<typeof wallet.signTypedData>[0]);
    };
    const voter = account.toLowerCase() as Address;
    const { next } = await askNonces(relay, { contest: act.contest, voter, entryId: act.entryId });
    if (next === null) throw new RelayRefusedError(words.relay.noNonce, null);
    deadline = chainNow() + orderLife;

    const permit = act.kind === "Drop" ? await permitFor(act, { config, account, sign, deadline }) : null;
    const order = { entryId: BigInt(act.entryId), amount: act.wei, nonce: BigInt(next), deadline: BigInt(deadline) };
    const domain = ordersDomain({ chainId: config.chainId, verifyingContract: act.contest });
    const typed = { domain, types: orderTypes, primaryType: act.kind, message: { voter, ...order } };
    const signature = await sign(typed, act.title);
    step({ at: "preparing" });
    const posted: PostedOrder = {
      contest: act.contest,
      kind: act.kind,
      voter,
      entryId: String(act.entryId),
      amount: act.wei.toString(),
      nonce: next,
      deadline: String(deadline),
      signature,
      permit,
    };
    isPosted = true;
    const taken = await postOrder(relay, posted);
    const shared = { time, deadline, nonce: next, contest: act.contest, entryId: act.entryId };
    const decided = await follow(taken, relay, {
      isOver: () => chainNow() > deadline + 60,
      tell: (order, isSilent) => {
        const state = isSilent ? "silent" : order.state === "sent" ? "sent" : "waiting";
        step({ at: "relayed", state, hash: order.transaction, ...shared });
      },
    });
    if (decided.state === "done" && decided.transaction !== null) {
      const receipt = await chain.waitForTransactionReceipt({ hash: decided.transaction, timeout: 60_000 });
      settle(act, { receipt, time, step, config, client });
      return "done";
    }
    fail(words.relay.skipped(reasonWords(decided.reason, act)), JSON.stringify(decided));
    return "refused";
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    if (error instanceof RelayRefusedError) {
      fail(words.relay.refused(reasonWords(error.reason, act) ?? error.message), details);
      return "refused";
    }
    if (error instanceof RetryableError && isPosted) {
      fail(words.relay.unsure(localTime(deadline)), details, true);
      return "open";
    }
    if (error instanceof RetryableError) {
      fail(words.relay.silent, details);
      return "refused";
    }
    if (error instanceof BaseError) {
      fail(error.shortMessage, details);
      return "refused";
    }
    const why = explain(error, isPosted, act.amount);
    if (why.kind === "declined") step({ at: "declined" });
    else fail(why.sentence, details, why.kind === "uncertain");
    return "open";
  }
}

type Following = {
  readonly tell: (order: RelayOrder, isSilent: boolean) => void;
  /** Whether the order can no longer be carried. */
  readonly isOver: () => boolean;
};

/** Asks the relay until the order is decided, or has run out while the relay says nothing. */
async function follow(first: RelayOrder, relay: string, { tell, isOver }: Following): Promise<RelayOrder> {
  let order = first;
  let heard = Date.now();
  let last = "";
  while (order.state !== "done" && order.state !== "skipped") {
    const isSilent = Date.now() - heard > silenceMs;
    const now = `${order.state} ${order.transaction} ${isSilent}`;
    if (now !== last) tell(order, isSilent);
    last = now;
    if (isOver()) throw new RetryableError("The relay fell silent until the order had run out.");
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
    try {
      order = await askOrder(relay, order.digest);
      heard = Date.now();
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
    }
  }
  return order;
}

type Signing = {
  readonly config: AppConfig;
  readonly account: Address;
  readonly sign: (data: TypedDataDefinition, what: string) => Promise<Hex>;
  readonly deadline: number;
};

/** A permit for exactly the amount where the contest may not take it yet; null where it may. */
async function permitFor({ contest, coin, wei }: OrderAct, { config, account, sign, deadline }: Signing) {
  const chain = chainClient(config);
  const read: Hands["read"] = (call) => chain.readContract(call);
  const ask = (functionName: string, args: readonly unknown[]) =>
    read({ address: coin, abi: demoCoinAbi, functionName, args });
  const allowed = await ask("allowance", [account, contest]);
  if (typeof allowed === "bigint" && allowed >= wei) return null;
  const domain = await coinDomain({ account, chainId: config.chainId, read }, coin);
  if (domain === null) throw new RelayRefusedError(words.relay.noPermit, null);
  const nonce = await ask("nonces", [account]);
  const message = { owner: account, spender: contest, value: wei, nonce, deadline: BigInt(deadline) };
  const signature = await sign({ domain, types: permitTypes, primaryType: "Permit", message }, words.steps.allow);
  if (size(signature) !== 65) throw new RelayRefusedError(words.relay.noPermit, null);
  return { value: wei.toString(), deadline: String(deadline), signature };
}

/** The page's own words for the contract's error, the relay's where there is none. */
function reasonWords(reason: RelayReason | null, { amount }: OrderAct): string | null {
  if (reason === null) return null;
  if (reason.error === null) return reason.message;
  const values = reason.values.map((text) => (/^\d+$/.test(text) ? BigInt(text) : text));
  const sentence = errorWords(reason.error, values, { amount });
  return sentence === words.errors.unknown ? reason.message : sentence;
}
