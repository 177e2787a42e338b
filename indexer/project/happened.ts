import type { Change, Position } from "./change.ts";
import { put } from "./change.ts";
import type { ActivityRow } from "./tables.ts";
import { activity } from "./tables.ts";

type Happening = Pick<ActivityRow, "kind"> &
  Partial<Omit<ActivityRow, "kind" | "contest" | "block" | "logIndex" | "transaction">>;

/** A row for the list of what happened; what is not given does not apply. */
export function happened(at: Position, happening: Happening): Change {
  return put(activity, {
    contest: at.emitter,
    block: at.block,
    logIndex: at.logIndex,
    transaction: at.transaction,
    entryId: null,
    account: null,
    amount: null,
    stake: null,
    weight: null,
    entryWeight: null,
    acc: null,
    last: null,
    staked: null,
    support: null,
    voters: null,
    number: null,
    evidenceURI: null,
    ruling: null,
    lapsed: null,
    ...happening,
  });
}
