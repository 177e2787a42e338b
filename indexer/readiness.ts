import { shortMessageOf } from "#protocol/errors.ts";
import type { Ready } from "#protocol/http.ts";
import type { FollowStatus } from "./chain/follow.ts";
import { monotonic } from "./monotonic.ts";
import { PROJECTION_VERSION } from "./store/projectionVersion.ts";
import type { Served } from "./store/served.ts";
import type { Store } from "./store/store.ts";
import { writer } from "./store/tables.ts";

type ReadinessOptions = {
  readonly store: Store;
  readonly served: Served;
  /** What this process sees of the chain itself; undefined where it only reads. */
  readonly status: () => FollowStatus | undefined;
  /** How long a chain may be silent. */
  readonly awayMs: number;
};

type Known = Pick<Ready, "chainId" | "head" | "indexed" | "reason">;

/** Says how far the index is. A process that does not write knows the head from the one that does. */
export function createReadiness(options: ReadinessOptions) {
  const silence = createSilence(options.awayMs);
  return {
    async ready(): Promise<Ready> {
      const answer = await withoutLag(options, silence);
      const { head, indexed } = answer;
      return { ...answer, lag: head === null || indexed === null ? null : Math.max(0, head - indexed) };
    },
    /** To be called when another process may have written. */
    async hear(): Promise<void> {
      const said = await options.store.read((rows) => rows.get(writer, [1])).catch(() => undefined);
      if (said !== undefined) silence(said.saidAt);
    },
  };
}

type Silence = (saidAt: number) => string | null;

/** Why the process that writes is not believed to live: by how long ago its word changed, whatever its clock says. */
function createSilence(awayMs: number): Silence {
  let last: { readonly saidAt: number; readonly changed: number | undefined } | undefined;
  return (saidAt) => {
    if (saidAt !== last?.saidAt) last = { saidAt, changed: last && monotonic() };
    if (last.changed === undefined) return "The process that writes the database was not heard of yet.";
    return monotonic() - last.changed > awayMs ? "The process that writes the database does not speak." : null;
  };
}

async function withoutLag(options: ReadinessOptions, silence: Silence): Promise<Omit<Ready, "lag">> {
  try {
    const { chainId, head, indexed, reason } = await known(options, silence);
    const older = await options.served.older();
    if (older === null) return { ready: reason === null, chainId, head, indexed, reason };
    const { version, block } = older;
    const rows =
      block === null
        ? `those of version ${version} cannot be read`
        : `until then those of version ${version} are served, as of block ${block}`;
    const progress = `Version ${PROJECTION_VERSION} is being built: block ${indexed ?? 0} of ${head ?? "an unknown number"}; ${rows}.`;
    return {
      ...{ ready: false, chainId, head, indexed, reason: reason === null ? progress : `${progress} ${reason}` },
      older: { version, indexed: block, building: PROJECTION_VERSION },
    };
  } catch (error) {
    return {
      ready: false,
      chainId: null,
      head: options.status()?.head ?? null,
      indexed: null,
      reason: shortMessageOf(error),
    };
  }
}

async function known({ store, awayMs, ...options }: ReadinessOptions, silence: Silence): Promise<Known> {
  const status = options.status();
  const standing = await store.standing();
  const [chainId, indexed] = [standing?.chainId ?? null, standing?.block ?? null];
  if (status !== undefined && store.leads())
    return {
      chainId,
      indexed,
      head: status.head,
      reason: reasonNotReady({ head: status.head, indexed }, status, awayMs),
    };
  const said = await store.read((rows) => rows.get(writer, [1]));
  const newest = said?.head ?? null;
  // What is folded is told at once, the head once a second.
  const head = newest === null || indexed === null ? newest : Math.max(newest, indexed);
  if (said === undefined || indexed === null) return { chainId, indexed, head, reason: "Nothing is indexed yet." };
  return { chainId, indexed, head, reason: silence(said.saidAt) ?? said.problem ?? behind({ head, indexed }) };
}

/** Why the rows are not the chain's newest; null where they are. */
export function reasonNotReady(
  { head, indexed }: Pick<Ready, "head" | "indexed">,
  { seenAt, problem, caughtUp }: Pick<FollowStatus, "seenAt" | "problem" | "caughtUp">,
  awayMs: number,
): string | null {
  if (problem !== null) return problem;
  if (head === null || indexed === null || seenAt === null) return "The chain was not reached yet.";
  if (monotonic() - seenAt > awayMs) return "The chain's endpoint does not answer.";
  const late = behind({ head, indexed });
  return late ?? (caughtUp ? null : "What is stored is being compared with the contracts.");
}

function behind({ head, indexed }: Pick<Ready, "head" | "indexed">): string | null {
  return (indexed ?? 0) < (head ?? 0) ? `Block ${indexed} of ${head} is indexed.` : null;
}
