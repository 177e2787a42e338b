import type { Hex } from "viem";
import type { Block, StreamMessage } from "#protocol/http.ts";
import type { Change } from "../project/change.ts";
import type { ActivityRow, ContestRow, EntryRow } from "../project/tables.ts";
import {
  activity,
  attestations,
  blockChallenges,
  challenges,
  claims,
  contests,
  entries,
  nodeKeys,
  nodes,
  slashings,
} from "../project/tables.ts";
import type { Rows } from "../store/rows.ts";
import type { Header, Told } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { activityOf } from "../views/activity.ts";
import { contestRow } from "../views/contests.ts";
import { figuresOf, windowOf } from "../views/figures.ts";
import { appendMessage } from "./messages.ts";

/** Most things that happened in one contest that one message lists: the newest. */
const MOST_ACTIVITY = 200;

type Commit = Extract<Told, { kind: "commit" }>;

/**
 * Writes what a commit or a rollback did as messages of the event stream, in the same transaction: one for each block
 * that can be rolled back; one for all older blocks together, since they come only while catching up.
 */
export function tell(rows: Rows, told: Told): void {
  if (told.kind === "rollback") {
    appendMessage(rows, { kind: "rollback", block: blockOf(told.header) });
    return;
  }
  const old = told.headers.findLast(({ number }) => number <= told.finalized);
  const heads = told.headers.filter((header) => header === old || header.number > told.finalized);
  let done = Number.NEGATIVE_INFINITY;
  for (const header of heads) {
    const after = done;
    appendMessage(
      rows,
      describe(rows, told, header, ({ block }) => block > after && block <= header.number),
    );
    done = header.number;
  }
}

function describe(
  rows: Rows,
  told: Commit,
  header: Header,
  belongs: (change: Commit["changes"][number]) => boolean,
): StreamMessage {
  const changes = told.changes.filter(belongs);
  const headers = new Map(told.headers.map((one) => [one.number, one]));
  const block = (number: number): Block => blockOf(headers.get(number) ?? header);
  const happened = byContest<ActivityRow>(changes, activity);
  const moved = byContest<EntryRow>(changes, entries);
  const touched = [contests, challenges, claims].flatMap((table) => [
    ...byContest<{ contest: Hex }>(changes, table).keys(),
  ]);
  return {
    kind: "block",
    block: blockOf(header),
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
}

const nodeTables: ReadonlySet<string> = new Set(
  [nodes, nodeKeys, attestations, slashings, blockChallenges].map(({ name }) => name),
);

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
