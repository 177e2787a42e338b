import { type Browser, expect as see } from "@playwright/test";
import { createPublicClient, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { bytes32Schema } from "#protocol/primitives.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, entryIdOf } from "../support/demoVoter.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// The throw-away wallet of the local demo, told in order on a phone: a visitor who has no wallet at all.

const PATIENCE = { timeout: 20_000 };
const THROWAWAY = { rdns: "throwaway" };

let house: DemoHouse;
let browser: Browser;
let site: SitePage;
let address: `0x${string}`;

beforeAll(async () => {
  house = await startDemo();
  browser = await launchChromium();
  site = await openSitePage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;

const idOf = (name: string): number => entryIdOf(house, name);

async function stakeOn(name: string): Promise<bigint> {
  const client = createPublicClient({ transport: http(house.demo.rpcUrl) });
  const [stake] = await client.readContract({
    address: house.demo.contest,
    abi: contestAbi,
    functionName: "stakeOf",
    args: [address, BigInt(idOf(name))],
  });
  return stake;
}

/** The wallets whose keys lie in this browser. */
async function keptWallets(): Promise<readonly `0x${string}`[]> {
  const keys = await site.page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([name]) => name.endsWith(".throwaway.key"))
      .map(([, key]) => key),
  );
  return keys.map((key) => privateKeyToAccount(bytes32Schema.parse(key)).address);
}

test("who has no wallet gets one from the page's dialog, with coins in it", async () => {
  const { page } = site;
  await page.goto(contestUrl(`/entry/${idOf("haiku")}`));
  await page.getByTestId("rk-connect-button").first().click(PATIENCE);
  await see(page.getByTestId(`rk-wallet-option-${THROWAWAY.rdns}`)).toBeVisible(PATIENCE);
  // RainbowKit 2.2.11 draws the wallets' icons as images without a name; the rest of its window is held to account.
  const faults = (await axeFaults(page)).filter((fault) => !fault.startsWith("role-img-alt: "));
  expect.soft(faults).toEqual([]);
  await page.getByTestId(`rk-wallet-option-${THROWAWAY.rdns}`).click();
  await see(page.getByTestId("drop-held")).toHaveText("You have 100.00 DROP on Coindrop local.", PATIENCE);
  const [only, second] = await keptWallets();
  if (only === undefined || second !== undefined) throw new Error("one key was to lie in the browser");
  address = only;
  await see(page.getByTestId("rk-account-button").first()).toContainText(address.slice(0, 6).toLowerCase());
});

test("it drops coins without asking anybody", async () => {
  const { page } = site;
  await page.getByTestId("drop-amount").fill("10");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("90.00 DROP", PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("10.00 of yours lie here");
  expect(await stakeOn("haiku")).toBe(parseEther("10"));
  expect.soft(await axeFaults(page)).toEqual([]);
});

test("it moves some of them to another entry in one act", async () => {
  const { page } = site;
  await page.getByTestId("move").click();
  await page.getByLabel("Move to").selectOption({ label: "sums" });
  await page.getByTestId("drop-amount").fill("4");
  await see(page.getByTestId("drop-submit")).toHaveText("Move 4.00 DROP to sums");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("drop-held")).toContainText("6.00 of yours lie here", PATIENCE);
  expect([await stakeOn("haiku"), await stakeOn("sums")]).toEqual([parseEther("6"), parseEther("4")]);
});

test("a reload keeps the wallet, and gives it nothing twice", async () => {
  const { page } = site;
  await page.reload();
  await see(page.getByTestId("drop-held")).toContainText("90.00 DROP", PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("6.00 of yours lie here", PATIENCE);
  expect(await keptWallets()).toEqual([address]);
});

test("the board and the ranking mark what is mine", async () => {
  const { page } = site;
  await page.goto(contestUrl());
  await see(page.getByText("6.00 yours")).toBeVisible(PATIENCE);
  await see(page.getByText("4.00 yours")).toBeVisible();
});

test("everything comes back with one button under My coins", async () => {
  const { page } = site;
  await page.goto(`${house.demo.appUrl}/coins`);
  await see(page.getByTestId(`stake-${idOf("haiku")}`)).toContainText("6.00", PATIENCE);
  await see(page.getByTestId(`stake-${idOf("sums")}`)).toContainText("4.00");
  expect.soft(await axeFaults(page)).toEqual([]);
  await page.getByTestId("take-all").click();
  await see(page.getByText("None of your coins are out")).toBeVisible(PATIENCE);
  expect([await stakeOn("haiku"), await stakeOn("sums")]).toEqual([0n, 0n]);
});

test("the wallet lets go and the page forgets whose coins it showed", async () => {
  const { page } = site;
  await page.getByTestId("rk-account-button").first().click();
  await page.getByTestId("rk-disconnect-button").click(PATIENCE);
  await see(page.getByText("No wallet connected")).toBeVisible(PATIENCE);
  await page.reload();
  await see(page.getByText("No wallet connected")).toBeVisible(PATIENCE);
});

test("a new demo at the same address finds nothing of the old one: another wallet, with new coins", async () => {
  const { page } = site;
  await connectWallet(page, THROWAWAY);
  const port = new URL(house.demo.appUrl).port;
  const before = house.demo.appUrl;
  await house.stop();
  house = await startDemo(["--port", port]);
  expect(house.demo.appUrl).toBe(before);
  await page.goto(`${house.demo.appUrl}/coins`);
  await see(page.getByText("No wallet connected")).toBeVisible(PATIENCE);
  await connectWallet(page, THROWAWAY);
  await page.goto(contestUrl(`/entry/${idOf("haiku")}`));
  await see(page.getByTestId("drop-held")).toHaveText("You have 100.00 DROP on Coindrop local.", PATIENCE);
  const kept = await keptWallets();
  expect(kept).toHaveLength(1);
  expect(kept).not.toContain(address);
});

test("all this while no request left the machine and nothing broke in the page", () => {
  expect(site.strayed).toEqual([]);
  expect(site.broken).toEqual([]);
});
