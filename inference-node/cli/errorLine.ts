import { BaseError } from "#protocol/errors.ts";
import { reasonOf } from "../chain/reasonOf.ts";
import { withoutSecrets } from "../withoutSecrets.ts";

/** What `--json` prints of a failure: the sentence, and the facts and advice that go with it. */
export function errorLine(error: unknown): { readonly error: string; readonly details: readonly string[] } {
  const details = error instanceof BaseError ? error.metaMessages : [];
  return { error: withoutSecrets(reasonOf(error)), details: details.map(withoutSecrets) };
}
