import type { Hex } from "viem";
import type { Block, StreamMessage } from "#protocol/http.ts";
import type { Change } from "../project/change.ts";
import type { ActivityRow, ContestRow, TallyRow } from "../project/tables.ts";
import { activity, attestations, claims, contests, entries, nodeKeys, nodes, tallies } from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import type { Header, Told } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { activityOf } from "../views/activity.ts";
import { contestRow } from "../views/contests.ts";
import { figuresOf, windowOf } from "../views/figures.ts";
import { appendMessage } from "./messages.ts";

/** Most things that happened in one contest that one message lists: the newest. */
const MOST_ACTIVITY = 200;

/** Writes what a commit or a rollback did as a message of the event stream, in the same transaction. */
export function tell(rows: Rows, told: Told): void {
  appendMessage(
    rows,
    told.kind === "rollback" ? { kind: "rollback", block: blockOf(told.header) } : describe(rows, told),
  );
}

function describe(rows: Rows, told: Extract<Told, { kind: "block" }>): StreamMessage {
  const { changes, headers } = told;
  const block = (number: number): Block => {
    const header = headers.get(number);
    if (header === undefined) throw new Error(`block ${number} is not in the range`);
    return blockOf(header);
  };
  const happened = byContest<ActivityRow>(changes, activity);
  const moved = byContest<TallyRow>(changes, tallies);
  const touched = new Set(
    [contests, entries, claims].flatMap((table) => [...byContest<{ contest: Hex }>(changes, table).keys()]),
  );
  const message: StreamMessage = {
    kind: "block",
    block: blockOf(told.header),
    finalized: told.finalized,
    contests: [...new Set([...touched, ...happened.keys(), ...moved.keys()])].map((address) => {
      const window = windowOf(contestRow(rows, address).rules);
      const last = new Map((moved.get(address) ?? []).map((row) => [row.entryId, row]));
      return {
        address,
        entries: [...last.values()].map((row) => figuresOf(row, window)),
        activity: (happened.get(address) ?? []).slice(-MOST_ACTIVITY).map((row) => activityOf(row, block(row.block))),
      };
    }),
    nodesChanged: changes.some(({ table }) => nodeTables.has(table.name)),
  };
  return message;
}

const nodeTables: ReadonlySet<string> = new Set([nodes.name, nodeKeys.name, attestations.name]);

function byContest<R extends Pick<ContestRow, "contest">>(
  changes: readonly Change[],
  of: Pick<Table<unknown>, "name">,
): Map<Hex, R[]> {
  const groups = new Map<Hex, R[]>();
  for (const { table, row } of changes) {
    if (table.name !== of.name) continue;
    const { contest } = row as R;
    const group = groups.get(contest);
    if (group === undefined) groups.set(contest, [row as R]);
    else group.push(row as R);
  }
  return groups;
}

function blockOf({ number, hash, timestamp }: Header): Block {
  return { number, hash, timestamp };
}
