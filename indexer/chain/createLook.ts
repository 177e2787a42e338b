import { ChainUnreachableError, RequestRefusedError } from "./errors.ts";
import type { ChainHeader, Rpc } from "./rpc.ts";

/** What the chain says of itself. */
type Seen = {
  /** Its newest block. */
  readonly head: ChainHeader;
  /** The newest block that it calls final, and infinity where it does not say; asked once. */
  readonly finalizedTag: () => Promise<number>;
};

/** Milliseconds for which it is not asked again while the fold is far behind. */
const KEPT_MS = 1_000;

/** Looks at the chain's newest block. While far behind it, an older look will do: the endpoint has logs to fetch. */
export function createLook({ rpc, now }: { readonly rpc: Rpc; readonly now: () => number }) {
  let seen: (Seen & { readonly at: number }) | undefined;

  async function finalizedTag(): Promise<number> {
    const header = await rpc.header("finalized").catch((error: unknown) => {
      // A chain without the tag says so; the depth alone decides.
      if (error instanceof RequestRefusedError) return null;
      throw error;
    });
    return header?.number ?? Number.POSITIVE_INFINITY;
  }

  return async (isFarBehind: boolean): Promise<Seen> => {
    if (isFarBehind && seen !== undefined && now() - seen.at < KEPT_MS) return seen;
    const head = await rpc.header("latest");
    if (head === null) throw new ChainUnreachableError("The chain's endpoint has no newest block.");
    let tag: Promise<number> | undefined;
    const once = () => {
      tag ??= finalizedTag().catch((error: unknown) => {
        tag = undefined;
        throw error;
      });
      return tag;
    };
    seen = { head, finalizedTag: once, at: now() };
    return seen;
  };
}
