import type { Expect } from "./law.ts";
import type { BlockCount, CreditCount, NodeCount } from "./nodeCount.ts";
import type { RegistryEvent } from "./registryEvent.ts";
import type { RegistryRules } from "./registryRules.ts";
import { NATIVE } from "./registryRules.ts";
import { coinName, creditText, FAULTS, MISSING_BLOCK, slashText, stakeText, tell } from "./registryWords.ts";

export type RegistryRecount = {
  readonly nodes: ReadonlyMap<string, NodeCount>;
  /** The node that each key answers for. */
  readonly keys: ReadonlyMap<string, string>;
  readonly challenges: ReadonlyMap<bigint, BlockCount>;
  readonly credits: readonly CreditCount[];
  /** By digest of a false statement: whether its node paid a whole minimum stake for it. */
  readonly statements: ReadonlyMap<string, boolean>;
  readonly slashes: number;
  readonly burned: bigint;
  /** Wei of slashed coins that wait for `burn`. */
  readonly unburned: bigint;
  /** Laws that the events themselves break, each with the block of the event. */
  readonly broken: readonly { readonly what: string; readonly event: string; readonly law: string }[];
};

type EventOf<Kind extends RegistryEvent["kind"]> = Extract<RegistryEvent, { kind: Kind }>;

/** An event that must be the next one; any of `law` will do. */
type Due = { readonly what: string; readonly law: readonly string[]; readonly block: number };

const EXIT_WAIT = 7n * 86_400n;
const ANSWER_WAIT = 86_400n;

/**
 * Folds a registry's events into its books and holds each event against the law. `events`: in the chain's order.
 * `timeOf`: a block's timestamp in seconds since 1970; events of blocks that it does not know are not compared with it.
 */
export function recountRegistry(
  events: readonly RegistryEvent[],
  rules: RegistryRules,
  timeOf: (block: number) => bigint | undefined = () => undefined,
): RegistryRecount {
  const nodes = new Map<string, NodeCount>();
  const keys = new Map<string, string>();
  const challenges = new Map<bigint, BlockCount>();
  const credits = new Map<string, CreditCount>();
  const statements = new Map<string, boolean>();
  const broken: { what: string; event: string; law: string }[] = [];
  let slashes = 0;
  let burned = 0n;
  let unburned = 0n;
  let due: readonly Due[] = [];
  /** The stake that fell with the last event. */
  let fallen: { readonly node: string; readonly from: bigint; readonly to: bigint } | undefined;

  let last: RegistryEvent | undefined;
  for (const event of events) {
    const wasDue = checkDue(event);
    apply(event, expectAt(event), wasDue);
    if (event.kind !== "stakeSet") fallen = undefined;
    last = event;
  }
  checkDue(undefined);
  return {
    nodes,
    keys,
    challenges,
    credits: [...credits.values()],
    statements,
    slashes,
    burned,
    unburned,
    broken,
  };

  function expectAt(event: RegistryEvent | undefined): Expect {
    return (holds, what, says, law) => {
      if (!holds) broken.push({ what: `${what} (block ${event?.block})`, event: String(says), law: String(law) });
    };
  }

  /** Returns whether the event is what had to come. */
  function checkDue(event: RegistryEvent | undefined): boolean {
    const [first, ...rest] = due;
    if (first === undefined) return false;
    const said = event === undefined || event.block !== first.block ? "nothing" : tell(event, rules);
    const fits = first.law.includes(said);
    expectAt(last)(fits, first.what, said, first.law.join(", or "));
    due = fits ? rest : [];
    return fits;
  }

  function apply(event: RegistryEvent, expect: Expect, wasDue: boolean): void {
    const time = timeOf(event.block);
    switch (event.kind) {
      case "registered": {
        const { node, stake, endpoint, block } = event;
        expect(!nodes.has(node), `node ${node}: registers once`, "again", "once");
        expect(stake >= rules.minStake, `node ${node}: first stake`, stake, `at least ${rules.minStake}`);
        const nothing = { leavesAt: 0n, openChallenges: 0, answered: 0, expired: 0, attested: 0, slashed: 0n };
        nodes.set(node, { node, stake, endpoint, ...nothing });
        due = [{ what: `node ${node}: its first key`, law: [`a key of ${node}`], block }];
        return;
      }
      case "keyAdded": {
        const { node, key } = event;
        expect(!keys.has(key), `node ${node}: a key of nobody else`, keys.get(key), "nobody's");
        staying(node, "a new key", expect);
        keys.set(key, node);
        return;
      }
      case "stakeSet":
        return setStake(event, expect);
      case "endpointSet": {
        const node = staying(event.node, "another URL", expect);
        if (node !== undefined) node.endpoint = event.endpoint;
        return;
      }
      case "attested": {
        const { node, key, epoch } = event;
        const count = staying(node, "an attestation", expect);
        const stake = count?.stake ?? 0n;
        expect(stake >= rules.minStake, `node ${node}: attests with enough stake`, stake, rules.minStake);
        expect(keys.get(key) === node, `node ${node}: attests with a key of its own`, keys.get(key), node);
        const now = time === undefined ? epoch : time / 3_600n;
        expect(epoch <= now && epoch + 24n >= now, `node ${node}: epoch`, epoch, `${now - 24n} to ${now}`);
        if (count !== undefined) count.attested += 1;
        return;
      }
      case "leaving": {
        const { node, leavesAt } = event;
        const count = staying(node, "leaving once", expect);
        const law = time === undefined ? leavesAt : time + EXIT_WAIT;
        expect(leavesAt === law, `node ${node}: leaves at`, leavesAt, law);
        if (count !== undefined) count.leavesAt = leavesAt;
        return;
      }
      case "challenged":
        return open(event, expect);
      case "answered":
      case "expired":
        return close(event, expect);
      case "slashed":
        return slash(event, expect);
      case "credited": {
        const { account, token, amount, block } = event;
        // What was sent above a bond is in no event, only that it comes right after the challenge.
        const isChange =
          last?.kind === "challenged" && last.challenger === account && last.block === block && token === NATIVE;
        expect(wasDue || isChange, `credit of ${account}`, tell(event, rules), "nothing that calls for it");
        expect(amount > 0n, `credit of ${account}`, amount, "above 0");
        creditOf(account, token).amount += amount;
        return;
      }
      case "collected": {
        const { account, token, amount } = event;
        const credit = creditOf(account, token);
        // Whoever is paid can be credited anew in the middle, so less than all is no fault.
        const isOwed = amount > 0n && amount <= credit.amount;
        expect(isOwed, `collected by ${account} ${coinName(token, rules)}`, amount, `1 to ${credit.amount}`);
        credit.amount -= amount;
        return;
      }
      case "burned": {
        const { amount } = event;
        expect(amount > 0n && amount <= unburned, "burned", amount, `1 to ${unburned}`);
        burned += amount;
        unburned -= amount;
        return;
      }
      case "unknown": {
        expect(false, "an event that this auditor does not know", event.topic, "none");
        return;
      }
    }
  }

  /** A stake rises by the node's hand; when it falls, a slash or the node's credit says why. */
  function setStake({ node, stake, block }: EventOf<"stakeSet">, expect: Expect): void {
    const count = nodes.get(node);
    const from = count?.stake ?? 0n;
    expect(count !== undefined, `node ${node}: stake`, "unknown node", "a registered one");
    expect(stake !== from, `node ${node}: stake changes`, stake, `another than ${from}`);
    if (stake > from) staying(node, "more stake", expect);
    if (stake < from) {
      fallen = { node, from, to: stake };
      const lost = from - stake;
      const ways = FAULTS.map((_, fault) => slashText(node, lost, fault));
      if (stake === 0n && mayTake(count, block)) ways.push(creditText(node, rules.coin, lost, rules));
      if (due.length === 0) due = [{ what: `node ${node}: why its stake fell`, law: ways, block }];
    }
    if (count !== undefined) count.stake = stake;
  }

  function mayTake(count: NodeCount | undefined, block: number): boolean {
    const time = timeOf(block);
    if (count === undefined || count.leavesAt === 0n || count.openChallenges > 0) return false;
    return time === undefined || time >= count.leavesAt;
  }

  function open(event: EventOf<"challenged">, expect: Expect): void {
    const { challengeId: id, node, contest, entryId, blockIndex, challenger, bond, answerBy, block } = event;
    const name = `challenge ${id}`;
    const count = nodes.get(node);
    const time = timeOf(block);
    const isStaked = count !== undefined && count.stake > 0n;
    expect(id === BigInt(challenges.size) + 1n, "challenge ids count up from 1", id, challenges.size + 1);
    expect(isStaked, `${name}: of a node with a stake`, count?.stake ?? "no node", "above 0");
    const isThere = time === undefined || count === undefined || count.leavesAt === 0n || time < count.leavesAt;
    expect(isThere, `${name}: of a node that has not left`, `at ${time}`, `before ${count?.leavesAt}`);
    const isFirst = ![...challenges.values()].some(
      (one) => one.state === "open" && one.node === node && one.contest === contest && one.entryId === entryId,
    );
    expect(isFirst, `${name}: one open for a node and an entry`, "another", "one");
    expect(bond >= rules.minBlockBond, `${name}: bond`, bond, `at least ${rules.minBlockBond}`);
    const law = time === undefined ? answerBy : time + ANSWER_WAIT;
    expect(answerBy === law, `${name}: answer by`, answerBy, law);
    challenges.set(id, { id, node, contest, entryId, blockIndex, challenger, bond, answerBy, state: "open" });
    if (count !== undefined) count.openChallenges += 1;
  }

  /** The bond goes to the node that answered, or to the challenger, who also has the node slashed. */
  function close({ kind, challengeId: id, node, block }: EventOf<"answered" | "expired">, expect: Expect): void {
    const name = `challenge ${id}`;
    const challenge = challenges.get(id);
    const count = nodes.get(node);
    const time = timeOf(block);
    const isOpen = challenge?.state === "open" && challenge.node === node;
    expect(isOpen, `${name}: closed once, for its node`, `${kind} by ${node}`, "an open one of this node");
    if (challenge === undefined || !isOpen || count === undefined) return;
    const isInTime = time === undefined || time < challenge.answerBy === (kind === "answered");
    expect(
      isInTime,
      `${name}: ${kind}`,
      `at ${time}`,
      `${kind === "answered" ? "before" : "from"} ${challenge.answerBy}`,
    );
    challenge.state = kind;
    count.openChallenges -= 1;
    count[kind] += 1;
    const payee = kind === "answered" ? node : challenge.challenger;
    due = [{ what: `${name}: its bond`, law: [creditText(payee, NATIVE, challenge.bond, rules)], block }];
    const lost = kind === "answered" ? 0n : count.stake / 5n;
    if (lost === 0n) return;
    due = [
      ...due,
      { what: `${name}: a fifth of the stake`, law: [stakeText(node, count.stake - lost)], block },
      { what: `${name}: the slash`, law: [slashText(node, lost, MISSING_BLOCK)], block },
    ];
  }

  /** All of the stake for a false statement, a fifth for a missing block; a tenth of it is the bringer's. */
  function slash(event: EventOf<"slashed">, expect: Expect): void {
    const { node, contest, entryId, fault, evidence, bringer, amount, reward, block } = event;
    const name = `slash of node ${node}`;
    const before = fallen?.node === node ? fallen.from : (nodes.get(node)?.stake ?? 0n);
    const law = fault === MISSING_BLOCK ? before / 5n : before;
    const lost = fallen?.node === node ? fallen.from - fallen.to : 0n;
    expect(fault < FAULTS.length, `${name}: fault`, fault, "0 to 2");
    expect(amount > 0n && amount === law, `${name}: amount`, amount, law);
    expect(amount === lost, `${name}: what its stake fell by`, lost, amount);
    expect(reward === amount / 10n, `${name}: reward`, reward, amount / 10n);
    if (fault === MISSING_BLOCK) {
      const challenge = challenges.get(BigInt(evidence));
      const says = `challenge ${BigInt(evidence)} of ${bringer}, entry ${entryId} of ${contest}`;
      const asked = `challenge ${challenge?.id} of ${challenge?.challenger}, entry ${challenge?.entryId} of ${challenge?.contest}`;
      const fits = last?.kind === "stakeSet" && challenge?.state === "expired" && challenge.node === node;
      expect(fits && says === asked, `${name}: evidence`, says, fits ? asked : "one that expired unanswered");
    } else {
      expect(statements.get(evidence) !== true, `${name}: one statement paid for once`, "again", "once");
      statements.set(evidence, statements.get(evidence) === true || amount >= rules.minStake);
    }
    const count = nodes.get(node);
    if (count !== undefined) count.slashed += amount;
    slashes += 1;
    unburned += amount - reward;
    if (reward === 0n) return;
    due = [{ what: `${name}: reward credited`, law: [creditText(bringer, rules.coin, reward, rules)], block }];
  }

  /** The node, which must be one and must not have said that it leaves. */
  function staying(node: string, what: string, expect: Expect): NodeCount | undefined {
    const count = nodes.get(node);
    const state = count === undefined ? "unknown" : count.leavesAt === 0n ? "staying" : "leaving";
    expect(state === "staying", `node ${node}: ${what}`, state, "staying");
    return count;
  }

  function creditOf(account: string, token: string): CreditCount {
    const key = `${account}/${token}`;
    const credit = credits.get(key) ?? { account, token, amount: 0n };
    credits.set(key, credit);
    return credit;
  }
}
