import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Address, LocalAccount, PublicClient } from "viem";
import { BaseError } from "#protocol/errors.ts";
import { createRelayApi } from "./api.ts";
import { createBatches } from "./batches.ts";
import { createBudget } from "./budget.ts";
import { createCarrier } from "./carrier.ts";
import { createContests } from "./contests.ts";
import { createFlights } from "./flights.ts";
import { createIntake } from "./intake.ts";
import { createLandings } from "./landings.ts";
import type { Limits } from "./limits.ts";
import { openStore } from "./store.ts";
import type { TrustedProxies } from "./trustedProxies.ts";

export type RelayOptions = {
  readonly client: PublicClient;
  readonly chainId: number;
  /** Who sends and pays. */
  readonly account: LocalAccount;
  readonly contests: readonly Address[];
  readonly factory: Address | undefined;
  readonly stateFile: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Which proxies in front are believed about who calls; null for none. */
  readonly proxies: TrustedProxies | null;
  readonly limits: Limits;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

export type Relay = {
  readonly url: string;
  /** Takes no more orders, carries those that wait as long as the limits say, and ends. */
  readonly close: () => Promise<void>;
};

/** Starts a relay. Throws a `BaseError` when another works with its state, or the port is taken. */
export async function serveRelay(options: RelayOptions): Promise<Relay> {
  const { client, chainId, account, limits, log, now, host, port } = options;
  const contests = await createContests(client, { chainId, named: options.contests, factory: options.factory });
  const store = openStore(options.stateFile, { chainId, account: account.address });
  const ending = new AbortController();
  const { maxFeePerGas, lostMs, confirmations } = limits;
  const budget = createBudget({ store, limits, isShared: contests.areSeveral, now });
  const flights = createFlights({ client, account, chainId, store, maxFeePerGas, lostMs, now });
  const chosen = { client, contests, store, budget, limits, carrier: account.address, now, log };
  const batches = createBatches(chosen);
  const landings = createLandings({ client, store, flights, batches, confirmations, now, log });
  const carrier = createCarrier({ ...chosen, batches, flights, landings });
  const problem = () => (ending.signal.aborted ? "This relay is ending; try again in a moment." : carrier.problem());
  const payer = account.address.toLowerCase() as Address;
  const { wake } = carrier;
  const intake = createIntake({ client, contests, store, budget, limits, chainId, payer, now, wake, problem });
  const api = await createRelayApi({
    intake,
    ordersPerMinute: limits.ordersPerMinute,
    proxies: options.proxies,
    ready: problem,
    onError: (error, url) => log.error({ err: error, url }, "request failed"),
  });
  try {
    await api.listen({ host, port });
  } catch (error) {
    await api.close();
    store.close();
    throw new BaseError(`The relay cannot listen on ${host}, port ${port}.`, {
      metaMessages: ["name another with --port, or leave it out for a free one"],
      cause: error,
    });
  }
  const working = carrier.run(ending.signal);
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host}:${(api.server.address() as AddressInfo).port}`,
    close: () => {
      closed ??= (async () => {
        ending.abort();
        carrier.wake();
        await working;
        await api.close();
        store.close();
      })();
      return closed;
    },
  };
}
