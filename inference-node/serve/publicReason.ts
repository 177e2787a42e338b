import { BaseError } from "#protocol/errors.ts";
import { EngineError, publicMessageOf } from "../engine/engineError.ts";
import { DiskFullError } from "../models/diskSpace.ts";
import { RefusedFetchError } from "../models/fetchBounded.ts";
import { BadManifestError } from "../models/findManifest.ts";
import { BadModelFileError } from "../models/ggufHeader.ts";
import { ModelUnavailableError } from "../models/modelStore.ts";
import { ModelMismatchError } from "../models/verifyModelFile.ts";
import { StatementConflictError } from "../state/journal.ts";
import { withoutSecrets } from "../withoutSecrets.ts";

/** Errors about what the chain or a public file says: all of their words may be read by anybody. */
const aboutPublicThings = [BadModelFileError, ModelMismatchError, BadManifestError, StatementConflictError];
/** Errors of which the first sentence names public things, and the rest folders and addresses. */
const publicFirst = [DiskFullError, RefusedFetchError];

/** Why an entry is not served, as anybody may read it; the operator's log has the whole of it. Pure. */
export function publicReason(error: unknown): string {
  if (error instanceof EngineError) return publicMessageOf(error);
  if (error instanceof ModelUnavailableError) {
    return [error.shortMessage, ...error.mismatches.map(({ message }) => message)].map(withoutSecrets).join("\n");
  }
  if (error instanceof BaseError) {
    if (aboutPublicThings.some((kind) => error instanceof kind)) return withoutSecrets(error.message);
    if (publicFirst.some((kind) => error instanceof kind)) return withoutSecrets(error.shortMessage);
  }
  return "It could not be made ready; this node's log says why.";
}
