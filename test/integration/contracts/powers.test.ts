import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../../scripts/tool/root.ts";
import { powersTable, withTable } from "./powersTable.ts";
import { TRIES } from "./powersTries.ts";
import { allContracts, createWalk, type Powers } from "./powersWalk.ts";
import { createPowersWorld, type PowersWorld } from "./powersWorld.ts";

const README = join(root, "contracts/README.md");
const contracts = allContracts();
const everything = contracts.map(({ name }) => name);
const contest = ["Contest"];
/** What is different, once the result is being made, from one moment of `Counting` to the next. */
const making = ["count", "finalize", "lapse", "rule", "claim", "releaseBond", "withdraw"];

describe("threat 24: no power", () => {
  const powers: Powers = new Map();
  let world: PowersWorld;
  let walk: ReturnType<typeof createWalk>;

  beforeAll(async () => {
    world = await createPowersWorld();
    walk = createWalk(world, contracts, powers);
  });
  afterAll(() => world?.chain.close());

  it("every function of every contract is tried, and none is a way in without a name", () => {
    const actions = contracts.flatMap(({ name, actions: own }) => own.map((action) => `${name}.${action.name}`));
    expect(Object.keys(TRIES).sort()).toEqual(actions.sort());
    const nameless = contracts.filter(({ abi }) => abi.some(({ type }) => type === "fallback" || type === "receive"));
    expect(nameless.map(({ name }) => name)).toEqual([]);
  });

  const situations = [
    ["Upcoming", "upcoming", contest, undefined],
    ["Entry", "entry", contest, undefined],
    ["Voting", "voting", everything, undefined],
    ["Counting", "counting", everything, undefined],
    ["Counting", "unchallenged", contest, making],
    ["Counting", "counted", contest, making],
    ["Final", "final", everything, undefined],
  ] as const;
  it.each(situations)(
    "in %s (%s) nobody takes what is another's, alters a tally or keeps a stake in",
    async (...how) => {
      const [phase, situation, names, only] = how;
      await world.enter[situation]();
      await walk.expectEverybodyCanLeave();
      expect(await walk.walk(phase, names, only)).toBeGreaterThan(100);
    },
  );

  it("organiser, deployer, personhood adapter and relayer can do nothing that a stranger cannot", () => {
    const of = (role: string) => [...powers].filter(([, { roles }]) => roles.has(role)).map(([key]) => key);
    const stranger = of("stranger");
    for (const role of ["organiser", "deployer", "personhood adapter", "relayer"]) {
      expect(
        of(role).filter((key) => !stranger.includes(key)),
        role,
      ).toEqual([]);
    }
    expect(of("arbitrator").filter((key) => !stranger.includes(key))).toEqual(["Contest.rule"]);
    expect(of("KlerosCore").filter((key) => !stranger.includes(key))).toEqual(["KlerosArbitrator.rule"]);
  });

  it("contracts/README.md has the table of who can do what; else run `UPDATE=1 npm test -- integration powers`", () => {
    const table = powersTable(
      contracts,
      powers,
      world.callers.map(({ role }) => role),
    );
    const readme = readFileSync(README, "utf8");
    if (process.env["UPDATE"] === "1") writeFileSync(README, withTable(readme, table));
    else expect(readme).toBe(withTable(readme, table));
  });
});
