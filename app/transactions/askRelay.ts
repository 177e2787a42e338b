import type { Address, Hex } from "viem";
import type { z } from "zod";
import { RetryableError } from "#protocol/errors.ts";
import type { PostedOrder, RelayNonces, RelayOrder, RelayReason } from "#protocol/relay.ts";
import { relayErrorAnswer, relayNoncesAnswer, relayOrderAnswer, relayRoutes } from "#protocol/relay.ts";

/** The relay answered, and the answer is no. */
export class RelayRefusedError extends Error {
  override readonly name = "RelayRefusedError";
  readonly reason: RelayReason | null;
  constructor(message: string, reason: RelayReason | null) {
    super(message);
    this.reason = reason;
  }
}

const patienceMs = 15_000;

/** Asks a relay. Throws `RelayRefusedError` when it says no, `RetryableError` when it is silent or makes no sense. */
async function ask<T>(schema: z.ZodType<T>, url: string, body?: unknown): Promise<T> {
  let answer: unknown;
  let ok = false;
  try {
    const posted = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(url, { cache: "no-store", signal, ...(body === undefined ? {} : posted) });
    ok = response.ok;
    answer = await response.json();
  } catch (cause) {
    throw new RetryableError("The relay does not answer.", { metaMessages: [`URL: ${url}`], cause });
  }
  const parsed = schema.safeParse(answer);
  if (ok && parsed.success) return parsed.data;
  const refusal = relayErrorAnswer.safeParse(answer);
  if (!ok && refusal.success)
    throw new RelayRefusedError(refusal.data.error.message, refusal.data.error.reason ?? null);
  throw new RetryableError("The relay answered nonsense.", { metaMessages: [`URL: ${url}`] });
}

export function askNonces(
  relay: string,
  { contest, voter, entryId }: { readonly contest: Address; readonly voter: Address; readonly entryId: number },
): Promise<RelayNonces> {
  const path = relayRoutes.nonces.replace(":contest", contest).replace(":voter", voter).replace(":id", String(entryId));
  return ask(relayNoncesAnswer, `${relay}${path}`);
}

export async function postOrder(relay: string, order: PostedOrder): Promise<RelayOrder> {
  return (await ask(relayOrderAnswer, `${relay}${relayRoutes.orders}`, order)).order;
}

export async function askOrder(relay: string, digest: Hex): Promise<RelayOrder> {
  return (await ask(relayOrderAnswer, `${relay}${relayRoutes.order.replace(":digest", digest)}`)).order;
}
