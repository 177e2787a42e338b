import { type Browser, expect as see } from "@playwright/test";
import { createTestClient, http, parseEther } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { publicClientOf } from "../../scripts/chainClients.ts";
import { localChain } from "../../scripts/start/localChain.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, entryIdOf, giveWallet } from "../support/demoVoter.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// The demo's other faces: a contest of five minutes, and one in which only persons count.

const PATIENCE = { timeout: 30_000 };

let browser: Browser;
let house: DemoHouse;
let site: SitePage;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;
const chain = () => publicClientOf(localChain(house.demo.rpcUrl));
const contest = () => ({ address: house.demo.contest, abi: contestAbi }) as const;

describe("npm start -- --fast", () => {
  beforeAll(async () => {
    house = await startDemo(["--fast"]);
    site = await openSitePage(browser, { reducedMotion: "reduce" });
  });

  afterAll(async () => {
    await site?.close();
    await house?.stop();
  });

  /** Moves the chain's clock, so that nobody waits five minutes. */
  async function advanceTo(moment: "votesOpen" | "countFrom" | "votesClose"): Promise<void> {
    const rules = await chain().readContract({ ...contest(), functionName: "rules" });
    const time = createTestClient({ mode: "hardhat", transport: http(house.demo.rpcUrl) });
    const { timestamp } = await chain().getBlock();
    if (timestamp >= BigInt(rules[moment])) return;
    await time.setNextBlockTimestamp({ timestamp: BigInt(rules[moment]) });
    await time.mine({ blocks: 1 });
  }

  test("begins while entries are still open, and says that coins have to wait", async () => {
    const { page } = site;
    await page.goto(contestUrl());
    await see(page.getByText("Voting opens in")).toBeVisible(PATIENCE);
    await see(page.getByText("they can be put in once voting opens")).toBeVisible();
    await page.goto(contestUrl(`/entry/${entryIdOf(house, "haiku")}`));
    await see(page.getByTestId("drop-submit")).toHaveText(/^Drops open /, PATIENCE);
    await page.goto(contestUrl());
    await see(page.getByText("Voting opens in")).toBeVisible(PATIENCE);
  });

  test("voting opens on the open page, and the crowd's coins appear, each marked as simulated", async () => {
    const { page } = site;
    await advanceTo("votesOpen");
    await see(page.getByText("Voting closes in")).toBeVisible(PATIENCE);
    await see(page.getByText("30 voters here are simulated and marked so.")).toBeVisible();
    await page.getByRole("link", { name: "Activity" }).click();
    const drops = page.getByTestId("activity-row").filter({ hasText: "dropped" });
    await see(drops.first()).toContainText("simulated", PATIENCE);
    await see(drops.nth(2)).toContainText("simulated", PATIENCE);
  });

  test("a visitor's own coins among them are not marked", async () => {
    const { page } = site;
    const visitor = await openSitePage(browser, { reducedMotion: "reduce" });
    const wallet = await giveWallet(house, visitor.page);
    await visitor.page.goto(contestUrl(`/entry/${entryIdOf(house, "haiku")}`));
    await connectWallet(visitor.page, wallet);
    await visitor.page.getByTestId("drop-amount").fill("90");
    await visitor.page.getByTestId("drop-submit").click();
    await see(visitor.page.getByTestId("steps")).toContainText("Confirmed", PATIENCE);
    await visitor.close();
    const mine = page.getByTestId("activity-row").filter({ hasText: "dropped 90.00 DROP on haiku" });
    await see(mine).toBeVisible(PATIENCE);
    await see(mine).not.toContainText("simulated");
  });

  test("the close, the count, the result and the payments come without anybody's doing", async () => {
    const { page } = site;
    await advanceTo("votesClose");
    await see.poll(() => house.output(), { timeout: 60_000 }).toContain("All prizes are paid and the bonds released.");
    expect(house.output()).toContain("1. haiku: 400 DROP paid");
    const [ids, counted, isFinal] = await chain().readContract({ ...contest(), functionName: "standings" });
    expect(isFinal).toBe(true);
    expect(Number(counted)).toBe(house.demo.entries.length);
    expect(ids[0]).toBe(entryIdOf(house, "haiku"));
    await page.getByRole("link", { name: "Result" }).click(PATIENCE);
    await see(page.getByText(/^Final since block/)).toBeVisible(PATIENCE);
    const held = ids.filter((id) => id !== 0).length;
    await see(page.getByText(/^Paid to/)).toHaveCount(held, PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test("and nothing broke in the page meanwhile", () => {
    expect(site.broken).toEqual([]);
    expect(site.strayed).toEqual([]);
  });
});

describe("npm start -- --crowd --personhood attested", () => {
  beforeAll(async () => {
    house = await startDemo(["--crowd", "--personhood", "attested"]);
  });

  afterEach(async () => {
    const { broken, strayed } = site;
    await site.close();
    expect(broken).toEqual([]);
    expect(strayed).toEqual([]);
  });

  afterAll(() => house?.stop());

  test("the crowd's two days are a chart of lines, with the same ranks as a table", async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
    const { page } = site;
    await page.goto(contestUrl("/ranking"));
    const chart = page.locator("figure.bump");
    await see(chart.getByRole("heading", { name: "Who overtook whom" })).toBeVisible(PATIENCE);
    await chart.getByRole("button", { name: "Same data as a table" }).click();
    await see(chart.getByRole("table", { name: "Rank of each entry over time" })).toBeVisible();
    const { lines, ends, table } = await chart.evaluate(readChart);
    const names = house.demo.entries.map(({ name }) => name);
    expect(lines).toBe(names.length);
    expect(Object.keys(table).sort()).toEqual(names.sort());
    expect(Object.values(table).sort()).toEqual(["1", "2", "3", "4", "5"]);
    expect(ends).toEqual(table);
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test("rules, board and ranking say that only persons count", async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
    const { page } = site;
    await page.goto(contestUrl());
    await see(page.getByText("One person, one square-rooted say")).toBeVisible(PATIENCE);
    await see(page.getByText("People voting")).toBeVisible();
    await page.goto(contestUrl("/rules"));
    await see(page.getByText("Only wallets bound to a verified person count, each person once.")).toBeVisible(PATIENCE);
  });

  test("coins of a wallet that is no person are support; once it is one, their root counts", async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
    const { page } = site;
    const wallet = await giveWallet(house, page);
    const id = entryIdOf(house, "sums");
    const stakeAndWeight = () =>
      chain().readContract({ ...contest(), functionName: "stakeOf", args: [wallet.address, BigInt(id)] });
    const support = page.getByTestId(`rank-row-${id}`).getByRole("cell").last();

    await page.goto(contestUrl(`/entry/${id}`));
    await connectWallet(page, wallet);
    await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
    await page.getByTestId("drop-amount").fill("4");
    await see(page.getByText("not verified: counts as support")).toBeVisible();
    const tally = await page.getByTestId("preview-tally").getByRole("cell").allInnerTexts();
    expect(tally[0]).toBe(tally[1]);
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
    expect(await stakeAndWeight()).toEqual([parseEther("4"), 0n]);
    await page.goto(contestUrl("/ranking"));
    await see(support).toHaveText("4.00", PATIENCE);

    await page.goto(contestUrl(`/entry/${id}`));
    await see(page.getByTestId("verify-submit")).toBeVisible(PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.getByTestId("verify-submit").click();
    await page.getByTestId("reweigh").click(PATIENCE);
    await see(page.getByTestId("reweigh")).toHaveCount(0, PATIENCE);
    // The root of 4 coins of 18 decimals is 2 of 9.
    expect(await stakeAndWeight()).toEqual([parseEther("4"), 2n * 10n ** 9n]);
    await page.goto(contestUrl("/ranking"));
    await see(support).toHaveText("0.00", PATIENCE);
  });
});

/** Runs in the page: what the drawn chart and the table below it say of the present ranks, read in one moment. */
function readChart(figure: Element) {
  const drawing = [...figure.querySelectorAll("svg")].find((svg) => svg.getBoundingClientRect().width > 0);
  const texts = (of: ParentNode, selector: string) => [...of.querySelectorAll(selector)].map((one) => one.textContent);
  const labels = [...(drawing?.querySelectorAll("g > text") ?? [])].map((label) => texts(label, "tspan"));
  const names = texts(figure, "thead th").slice(1);
  const ranks = texts(figure, "tbody tr:last-child td");
  return {
    lines: drawing?.querySelectorAll("g > path").length,
    ends: Object.fromEntries(labels.map(([rank, name]) => [name, rank])),
    table: Object.fromEntries(names.map((name, index) => [name, ranks[index]])),
  };
}
