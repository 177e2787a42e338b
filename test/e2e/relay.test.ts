import { type Browser, expect as see } from "@playwright/test";
import { createPublicClient, createTestClient, http, parseEther } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { createChainClock } from "../../scripts/start/chainClock.ts";
import type { BrowserWallet } from "../support/browserWallet.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, entryIdOf, giveWallet } from "../support/demoVoter.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// A voter with coins and not one wei of ether, told in order.

const PATIENCE = { timeout: 30_000 };
const SIGNATURE = "eth_signTypedData_v4";

let house: DemoHouse;
let browser: Browser;
let site: SitePage;
let wallet: BrowserWallet;

beforeAll(async () => {
  house = await startDemo();
  browser = await launchChromium();
  site = await openSitePage(browser);
  wallet = await giveWallet(house, site.page);
  await createChainClock(house.demo.rpcUrl).setBalance(wallet.address, 0n);
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const publicClient = () => createPublicClient({ transport: http(house.demo.rpcUrl) });
const openHaiku = () =>
  site.page.goto(`${house.demo.appUrl}/contest/${house.demo.contest}/entry/${entryIdOf(house, "haiku")}`);

async function stake(): Promise<bigint> {
  const args = [wallet.address, BigInt(entryIdOf(house, "haiku"))] as const;
  const { contest } = house.demo;
  return (await publicClient().readContract({ address: contest, abi: contestAbi, functionName: "stakeOf", args }))[0];
}

/** What the wallet was asked since the last look. */
let seen = 0;
function newlyAsked(): readonly string[] {
  const asked = wallet.asked.slice(seen);
  seen = wallet.asked.length;
  return asked;
}

test("the page says what a vote without gas means, and nothing in it is out of reach", async () => {
  const { page } = site;
  await openHaiku();
  await connectWallet(page, wallet);
  await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
  await page.getByTestId("gasless").check();
  await see(page.getByText("it cannot change what you signed")).toBeVisible();
  expect(await axeFaults(page)).toEqual([]);
});

test("coins are dropped with two signatures and no transaction of the voter's", async () => {
  const { page } = site;
  newlyAsked();
  await page.getByTestId("drop-amount").fill("3.00");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("97", PATIENCE);
  expect(newlyAsked()).toEqual([SIGNATURE, SIGNATURE]);
  expect(await stake()).toBe(parseEther("3"));
});

test("one coin comes back with one signature", async () => {
  const { page } = site;
  await page.getByTestId("take-back").click();
  await page.getByTestId("drop-amount").fill("1");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("drop-held")).toContainText("98", PATIENCE);
  expect(newlyAsked()).toEqual([SIGNATURE]);
  expect(await stake()).toBe(parseEther("2"));
});

test("a declined signature is quiet, and the choice stays", async () => {
  const { page } = site;
  await page.getByTestId("drop-amount").fill("1.00");
  wallet.rejectNext();
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("You declined it in your wallet. Nothing was sent.", PATIENCE);
  await see(page.getByTestId("gasless")).toBeChecked();
  newlyAsked();
});

test("a silent relay is said in words, and the button then pays oneself", async () => {
  const { page } = site;
  await page.route(`${house.demo.relayUrl}/**`, (route) => route.abort());
  await page.getByTestId("drop-amount").fill("1.00");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps-sentence")).toContainText("The relay does not answer. Nothing was sent", PATIENCE);
  await see(page.getByTestId("gasless")).not.toBeChecked();
  expect(newlyAsked()).toEqual([]);
  await page.unroute(`${house.demo.relayUrl}/**`);
});

test("an order that waits is shown waiting, and a relay that skips it says why", async () => {
  const { page } = site;
  let answers = 0;
  await page.route(`${house.demo.relayUrl}/v1/orders**`, async (route) => {
    const order = {
      digest: `0x${"ab".repeat(32)}`,
      contest: house.demo.contest,
      kind: "Drop",
      voter: wallet.address.toLowerCase(),
      entryId: "1",
      amount: "1",
      nonce: 9,
      deadline: "1",
      transaction: null,
      block: null,
    };
    answers += 1;
    const reason = { error: "Ballots_OverCap", values: ["5", "6"], message: "over" };
    const state = answers < 4 ? { state: "waiting", reason: null } : { state: "skipped", reason };
    await route.fulfill({ json: { order: { ...order, ...state } }, headers: { "access-control-allow-origin": "*" } });
  });
  await page.route(`${house.demo.relayUrl}/v1/orders/**`, (route) => route.fallback());
  await page.getByTestId("gasless").check();
  await page.getByTestId("drop-amount").fill("1.00");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("Waiting at the relay", PATIENCE);
  await see(page.getByTestId("cancel-order")).toBeVisible();
  await see(page.getByTestId("steps-sentence")).toContainText(
    "The relay did not carry it. A person may have",
    PATIENCE,
  );
  await see(page.getByTestId("gasless")).not.toBeChecked();
  await page.unrouteAll();
  newlyAsked();
});

test("after the close the rest comes back the same way", async () => {
  const { page } = site;
  const { contest, coin, rpcUrl } = house.demo;
  const { votesClose } = await publicClient().readContract({
    address: contest,
    abi: contestAbi,
    functionName: "rules",
  });
  const time = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  await time.setNextBlockTimestamp({ timestamp: BigInt(votesClose) });
  await time.mine({ blocks: 1 });
  await openHaiku();
  await see(page.getByTestId("drop-held")).toContainText("2.00 of yours", PATIENCE);
  await page.getByTestId("take-back").click();
  await page.getByTestId("gasless").check();
  await page.getByTestId("drop-amount").fill("1.00");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
  expect(newlyAsked()).toEqual([SIGNATURE]);
  expect(await stake()).toBe(parseEther("1"));

  await page.goto(`${house.demo.appUrl}/coins`);
  await see(page.getByTestId("gasless")).toBeChecked(PATIENCE);
  await page.getByRole("button", { name: "Take back: haiku" }).click(PATIENCE);
  await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
  expect(newlyAsked()).toEqual([SIGNATURE]);
  expect(await stake()).toBe(0n);
  const args = [wallet.address] as const;
  const coins = await publicClient().readContract({ address: coin, abi: demoCoinAbi, functionName: "balanceOf", args });
  expect(coins).toBe(parseEther("100"));
});

test("the voter never had any ether, and sent nothing", async () => {
  expect(await publicClient().getBalance({ address: wallet.address })).toBe(0n);
  expect(await publicClient().getTransactionCount({ address: wallet.address })).toBe(0);
  expect(site.strayed).toEqual([]);
});
