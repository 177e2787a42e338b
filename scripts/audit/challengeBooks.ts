import type { ContestEvent } from "./contestEvent.ts";
import type { ChallengeCount, EntryCount } from "./entryCount.ts";
import type { Expect } from "./law.ts";
import type { AuditRules } from "./rulesOf.ts";

type EventOf<Kind extends ContestEvent["kind"]> = Extract<ContestEvent, { kind: Kind }>;

/** Who challenged what, and what came of it. `entries` are changed by it. */
export function createChallengeBooks(
  rules: AuditRules,
  entries: ReadonlyMap<bigint, EntryCount>,
  timeOf: (block: number) => bigint | undefined,
) {
  const challenges = new Map<bigint, ChallengeCount>();
  /** What ERC-1497 told about challenges whose own event is still to come, by challenge id. */
  const disputes = new Map<bigint, bigint>();
  const early = new Map<bigint, string[]>();
  /** A ruling that must take effect with the next event. */
  let said: EventOf<"ruling"> | undefined;

  const isOpen = (id: bigint) => challenges.has(id) && challenges.get(id)?.ruling === undefined;

  return {
    challenges,
    openCount: () => [...challenges.keys()].filter(isOpen).length,

    /** Called with every event before it is applied. */
    before(event: ContestEvent | undefined, expect: Expect): void {
      if (said !== undefined && event?.kind !== "ruled")
        expect(false, `ruling on dispute ${said.disputeId}`, "no effect", "an entry that is ruled on");
      if (event?.kind !== "ruled") said = undefined;
    },

    challenged(event: EventOf<"challenged">, expect: Expect): void {
      const { entryId, challengeId: id, challenger, disputeId, reason, block } = event;
      const name = `challenge ${id}`;
      const entry = entries.get(entryId);
      const openedAt = timeOf(block);
      expect(entry?.status === "live", `${name}: of a live entry`, entry?.status ?? "no entry", "live");
      expect(!challenges.has(id), `${name}: one challenge for an id`, "again", "once");
      expect(BigInt(rules.arbitrator) !== 0n, `${name}: of somebody who can rule`, "no arbitrator", "one");
      const inTime = openedAt === undefined || openedAt < rules.votesClose;
      expect(inTime, `${name}: before the close`, openedAt, `before ${rules.votesClose}`);
      expect(disputes.get(id) === disputeId, `${name}: its dispute`, disputes.get(id), disputeId);
      expect(early.get(id)?.includes(challenger) === true, `${name}: its evidence`, early.get(id), challenger);
      disputes.delete(id);
      early.delete(id);
      challenges.set(id, { id, entryId, challenger, disputeId, reason, openedAt, ruling: undefined });
      if (entry !== undefined) entry.status = "challenged";
    },

    dispute({ challengeId, disputeId, arbitrator }: EventOf<"dispute">, expect: Expect): void {
      expect(arbitrator === rules.arbitrator, `dispute ${disputeId}: arbitrator`, arbitrator, rules.arbitrator);
      disputes.set(challengeId, disputeId);
    },

    evidence({ challengeId: id, party, arbitrator }: EventOf<"evidence">, expect: Expect): void {
      expect(arbitrator === rules.arbitrator, `evidence on challenge ${id}: arbitrator`, arbitrator, rules.arbitrator);
      const known = challenges.get(id);
      if (known === undefined) early.set(id, [...(early.get(id) ?? []), party]);
      else expect(isOpen(id), `evidence on challenge ${id}`, "closed", "open");
    },

    ruling(event: EventOf<"ruling">, expect: Expect): void {
      const { arbitrator, disputeId } = event;
      expect(arbitrator === rules.arbitrator, `ruling on dispute ${disputeId}`, arbitrator, rules.arbitrator);
      said = event;
    },

    /** Returns what was ruled on, or undefined where there is no such thing. */
    ruled(event: EventOf<"ruled">, expect: Expect) {
      const { entryId, challengeId: id, ruling, lapsed, block } = event;
      const name = `challenge ${id}`;
      const challenge = challenges.get(id);
      const entry = entries.get(entryId);
      expect(isOpen(id) && challenge?.entryId === entryId, `${name}: ruled on`, `entry ${entryId}`, "an open one");
      expect(ruling <= 2n, `${name}: ruling`, ruling, "0 to 2");
      const time = timeOf(block);
      if (lapsed) {
        const due = (challenge?.openedAt ?? 0n) + rules.rulingTimeout;
        expect(ruling === 0n, `${name}: ruling after its time`, ruling, 0n);
        expect(time === undefined || time >= due, `${name}: the arbitrator's time`, time, `from ${due}`);
        expect(said === undefined, `${name}: lapsed`, "a ruling came", "none came");
      } else {
        const law = said === undefined || said.ruling > 2n ? 0n : said.ruling;
        expect(said?.disputeId === challenge?.disputeId, `${name}: its dispute`, said?.disputeId, challenge?.disputeId);
        expect(ruling === law, `${name}: what the arbitrator said`, ruling, law);
      }
      said = undefined;
      if (challenge === undefined || entry === undefined) return undefined;
      challenge.ruling = ruling;
      entry.status = ruling === 2n ? "removed" : "live";
      return { challenge, entry };
    },

    /** Called after the last event. */
    finish(expect: Expect): void {
      const ids = [...challenges.keys()].sort((a, b) => Number(a - b));
      const missing = ids.findIndex((id, index) => id !== BigInt(index) + 1n);
      expect(missing < 0, "challenge ids count up from 1", ids.join(" "), "without a gap");
      for (const id of new Set([...early.keys(), ...disputes.keys()]))
        expect(false, `evidence on challenge ${id}`, "no such challenge", "a challenge");
    },
  };
}
