/** A figure on which the recount and somebody else do not agree. */
export type Finding = {
  readonly where: "events" | "contract" | "indexer" | "factory" | "registry" | "registry events";
  readonly what: string;
  readonly recount: string;
  readonly found: string;
};

/** No finding when both are the same figure. */
export function compare(where: Finding["where"], what: string, recount: unknown, found: unknown): Finding[] {
  return String(recount) === String(found) ? [] : [{ where, what, recount: String(recount), found: String(found) }];
}
