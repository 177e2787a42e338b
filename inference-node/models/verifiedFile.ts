import type { Untouched } from "./unchangedSince.ts";
import type { ModelIdentity } from "./verifyModelFile.ts";
import { verifyModelFile } from "./verifyModelFile.ts";

/** A model file that was read whole and found to be the entry's. */
export type VerifiedFile = { readonly path: string; readonly untouched: Untouched };

/**
 * Keeps an eye on a verified file. Returns a check: it costs next to nothing while the file is untouched, reads it
 * whole again when it is not, and answers with the question to ask later.
 *
 * The check throws what `verifyModelFile` throws, after telling `onLost`, which hears of nothing once `signal` aborts.
 */
export function watchVerifiedFile(options: {
  readonly file: VerifiedFile;
  readonly identity: ModelIdentity;
  readonly signal: AbortSignal;
  readonly onLost: (error: unknown) => void;
}): () => Promise<Untouched> {
  const { file, identity, signal } = options;
  let { untouched } = file;
  let pending: Promise<Untouched> | null = null;

  const look = async (): Promise<Untouched> => {
    if (await untouched()) return untouched;
    try {
      untouched = await verifyModelFile(file.path, identity, signal);
    } catch (error) {
      if (!signal.aborted) options.onLost(error);
      throw error;
    }
    return untouched;
  };

  return () => {
    pending ??= look().finally(() => {
      pending = null;
    });
    return pending;
  };
}
