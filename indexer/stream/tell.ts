import type { Hex } from "viem";
import type { Block, StreamMessage } from "#protocol/http.ts";
import type { WireRules } from "#protocol/wireRules.ts";
import type { Change } from "../project/change.ts";
import type { ActivityRow, ContestRow, EntryRow } from "../project/tables.ts";
import { activity, challenges, claims, contests, entries, registryTables } from "../project/tables.ts";
import type { Write } from "../store/backend.ts";
import type { Rows } from "../store/rows.ts";
import type { Header, Told } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { activityOf } from "../views/activity.ts";
import { contestRow } from "../views/contests.ts";
import { figuresOf, windowOf } from "../views/figures.ts";
import { appendMessages } from "./messages.ts";

/** Most things that happened in one contest that one message lists: the newest. */
const MOST_ACTIVITY = 200;

type Commit = Extract<Told, { kind: "commit" }>;

/**
 * Writes what a commit or a rollback did as messages of the event stream, in the same transaction: one for each block
 * that can be rolled back; one for all older blocks together, since they come only while catching up.
 */
export async function tell(rows: Rows, told: Told): Promise<readonly Write[]> {
  if (told.kind === "rollback") return appendMessages(rows, [{ kind: "rollback", block: blockOf(told.header) }]);
  const old = told.headers.findLast(({ number }) => number <= told.finalized);
  const heads = told.headers.filter((header) => header === old || header.number > told.finalized);
  const rulesOf = await readRules(rows, told);
  const said = heads.map((header, index) => {
    const after = heads[index - 1]?.number ?? Number.NEGATIVE_INFINITY;
    return describe(told, rulesOf, header, ({ block }) => block > after && block <= header.number);
  });
  return appendMessages(rows, said);
}

/** Rules of every contest whose entries moved: those of a contest that is new are not in the rows yet. */
async function readRules(rows: Rows, { changes }: Commit): Promise<ReadonlyMap<Hex, WireRules>> {
  const rules = new Map<Hex, WireRules>();
  for (const [address, [made]] of byContest<ContestRow>(changes, contests)) if (made) rules.set(address, made.rules);
  for (const address of byContest<EntryRow>(changes, entries).keys()) {
    if (!rules.has(address)) rules.set(address, (await contestRow(rows, address)).rules);
  }
  return rules;
}

function describe(
  told: Commit,
  rulesOf: ReadonlyMap<Hex, WireRules>,
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
  const entriesOf = (address: Hex) => {
    const rules = rulesOf.get(address);
    if (rules === undefined) return [];
    const last = new Map((moved.get(address) ?? []).map((row) => [row.entryId, row]));
    return [...last.values()].map((row) => figuresOf(row, windowOf(rules)));
  };
  return {
    kind: "block",
    block: blockOf(header),
    finalized: told.finalized,
    contests: [...new Set([...touched, ...happened.keys(), ...moved.keys()])].map((address) => {
      return {
        address,
        entries: entriesOf(address),
        activity: (happened.get(address) ?? []).slice(-MOST_ACTIVITY).map((row) => activityOf(row, block(row.block))),
      };
    }),
    nodesChanged: changes.some(({ table }) => registryTables.has(table.name)),
  };
}

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
