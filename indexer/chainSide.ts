import { InvalidInputError, RetryableError } from "#protocol/errors.ts";
import { joinEndpoints } from "./chain/endpoints.ts";
import { createFollower } from "./chain/follow.ts";
import { createNotices } from "./chain/notices.ts";
import { createRpc } from "./chain/rpc.ts";
import { verifyChain } from "./chain/verifyChain.ts";
import { beat } from "./heartbeat.ts";
import { createManifestFetcher } from "./manifests/createManifestFetcher.ts";
import { takeOverManifests } from "./manifests/takeOverManifests.ts";
import { monotonic } from "./monotonic.ts";
import type { ServeOptions } from "./serve.ts";
import { findOlder } from "./store/olderVersion.ts";
import { databaseName } from "./store/openBackend.ts";
import { standIn } from "./store/standIn.ts";
import type { Store } from "./store/store.ts";

type ChainSideOptions = ReturnType<typeof chainOptionsOf> & {
  readonly store: Store;
  /** How long the chain, or a process that writes, may be silent. */
  readonly awayMs: number;
  /** Called when rows changed. */
  readonly onChange: () => void;
  /** Called when this version may be complete. */
  readonly settle: () => Promise<void>;
};

const AUDIT_BLOCKS = 64;

/** The options of a process that follows the chain. Throws `InvalidInputError` where they do not say which. */
export function chainOptionsOf({ rpcUrls, factory, nodeRegistry, ...rest }: ServeOptions) {
  if (rpcUrls.length === 0 || factory === undefined || nodeRegistry === undefined)
    throw new InvalidInputError("Which chain, and which contracts on it?", {
      metaMessages: ["Give --rpc, --factory and --node-registry. Only --read-only goes without."],
    });
  return { ...rest, rpcUrls, factory, nodeRegistry };
}

/** Everything that writes the rows: waits until it may, follows the chain, fetches manifests, says how it stands. */
export function createChainSide(options: ChainSideOptions) {
  const { store, log, awayMs, settle, onChange } = options;
  const notices = createNotices();
  const rpcs = options.rpcUrls.map((url) => createRpc(url, options.rpcTimeoutMs));
  const rpc = rpcs.length === 1 && rpcs[0] !== undefined ? rpcs[0] : joinEndpoints(rpcs, notices);
  const manifests = createManifestFetcher({ ...options, now: Date.now });
  const chain = { ...options, rpc, chainId: options.chainId, file: databaseName(options.file) };
  const follower = createFollower({
    ...chain,
    // Final is only what was compared: not rarer than blocks become final.
    auditBlocks: Math.min(options.auditBlocks ?? AUDIT_BLOCKS, Math.max(1, options.finalityDepth)),
    notices,
    now: monotonic,
    onChange(events) {
      onChange();
      if (events === undefined || events.some(({ event }) => event.name === "EntrySubmitted")) manifests.wake();
    },
  });

  let isOurs = false;
  /** Whoever stands by serves what another writes: that must be of the same chain. Throws `WrongChainError`. */
  async function mustBeOurs(): Promise<void> {
    if (isOurs) return;
    try {
      const stored = await store.standing();
      if (stored === undefined) return;
      await verifyChain({ ...chain, stored });
      isOurs = true;
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    const onWait = (reason: string) => log.info({ reason }, "waiting");
    if (!(await standIn(store, signal, { onWait, meanwhile: mustBeOurs }))) return;
    await takeOverManifests({ store, findOlder: () => findOlder(options.file), log });
    const beside = new AbortController();
    const either = AbortSignal.any([signal, beside.signal]);
    const others = [
      manifests.run(either),
      beat({ store, status: follower.status, awayMs, onBeat: () => void settle() }, either),
    ];
    try {
      await follower.run(signal);
    } finally {
      beside.abort();
      await Promise.allSettled(others);
    }
  }

  return { run, status: follower.status, close: () => rpc.close() };
}
