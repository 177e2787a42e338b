import { type Browser, expect as see } from "@playwright/test";
import type { Address } from "viem";
import { encodeFunctionData, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoCoinAbi } from "#protocol/abi.ts";
import { createIndexerClient } from "#protocol/indexerClient.ts";
import { publicClientOf, send, walletOf } from "../../scripts/chainClients.ts";
import { localChain } from "../../scripts/start/localChain.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, dropFromOutside, entryIdOf, fundFromDemo, giveWallet } from "../support/demoVoter.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { runScript } from "../support/runScript.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// An entry is challenged in the page, ruled ineligible by the demo's panel, and leaves the ranking; its voter takes the
// coins back. Told in order, in one house.

const PATIENCE = { timeout: 30_000 };
const REASON = "https://example.org/this-is-why";

let house: DemoHouse;
let browser: Browser;
let site: SitePage;

beforeAll(async () => {
  house = await startDemo();
  browser = await launchChromium();
  site = await openSitePage(browser);
  const wallet = await giveWallet(house, site.page);
  await giveMore(wallet.address);
  await dropFromOutside(house, entryIdOf(house, "sums"), "1");
  await site.page.goto(entryUrl("haiku"));
  await connectWallet(site.page, wallet);
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** A newcomer's gift is just the deposit of a challenge; somebody else's on top leaves some to drop. */
async function giveMore(wallet: Address): Promise<void> {
  const { demo } = house;
  const friend = privateKeyToAccount(generatePrivateKey());
  await fundFromDemo(house, friend.address);
  const chain = localChain(demo.rpcUrl);
  const clients = { publicClient: publicClientOf(chain), wallet: walletOf(chain, friend) };
  const data = encodeFunctionData({ abi: demoCoinAbi, functionName: "transfer", args: [wallet, parseEther("50")] });
  await send(clients, { to: demo.coin, data });
}

const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;
const entryUrl = (name: string): string => contestUrl(`/entry/${entryIdOf(house, name)}`);

test("a voter puts coins on an entry and challenges it: deposit and fee are said before anything is signed", async () => {
  const { page } = site;
  await page.getByTestId("drop-amount").fill("10");
  await page.getByTestId("drop-submit").click(PATIENCE);
  await see(page.getByTestId("steps").first()).toContainText("Indexed", PATIENCE);
  const card = page.getByTestId("challenge");
  await card.getByText("Challenge this entry").click();
  await see(card.getByTestId("challenge-fee")).toHaveText(/^\d/, PATIENCE);
  await card.getByLabel("Address of the reasons").fill("javascript:alert(1)");
  await card.getByTestId("challenge-submit").click();
  await see(card.getByRole("alert")).toContainText("no address that others could open");
  await card.getByLabel("Address of the reasons").fill(REASON);
  await card.getByTestId("challenge-submit").click();
  await see(card.getByText("The arbitrator has until")).toBeVisible(PATIENCE);
  await see(card.getByRole("link", { name: REASON })).toBeVisible();
  await see(page.locator(".entry-badges")).toContainText(/Rank \d/);
  expect(await axeFaults(page)).toEqual([]);
});

test("the panel rules it ineligible; it leaves the ranking without a reload and keeps its row", async () => {
  const { page } = site;
  const env = { ...process.env, COINDROP_STATE: house.state };
  for (const member of ["1", "2"]) {
    const args = ["vote", "0", "2", "--reason", "owned by a giant", "--member", member, "--yes"];
    const { code, output } = await runScript("scripts/panel.ts", args, env);
    expect(code, output).toBe(0);
  }
  const card = page.getByTestId("challenge");
  await see(card.getByRole("heading", { name: "Ruled out" })).toBeVisible(PATIENCE);
  await see(card.getByText("Your 10.00 DROP on it are safe.")).toBeVisible(PATIENCE);
  await see(page.locator(".entry-badges")).not.toContainText("Rank");
  const { indexerUrl, contest } = house.demo;
  const { rows } = await createIndexerClient({ url: indexerUrl, retries: 0 }).ranking({ contest });
  const own = rows.find(({ entryId }) => entryId === entryIdOf(house, "haiku"));
  expect(own).toMatchObject({ rank: null, status: "removed" });
});

test("the voter takes the coins back from it with one button", async () => {
  const { page } = site;
  const panel = page.locator("#drop");
  await see(panel.getByRole("heading", { name: "Take coins back from haiku" })).toBeVisible();
  await page.getByTestId("drop-submit").click();
  await see(page.getByText("Coins on it are safe")).toBeVisible(PATIENCE);
  await see(page.getByTestId("gone").getByText("None of your coins lie here")).toBeVisible();
  await see(page.getByTestId("steps").first()).toContainText("Indexed", PATIENCE);
  await page.goto(contestUrl(`/entry/${entryIdOf(house, "haiku")}`));
  await see(page.getByTestId("challenge").getByText("Coins on it are safe")).toBeVisible(PATIENCE);
});

test("the audit of the running demo agrees, the removal and the burned deposit included", async () => {
  const { code, output } = await runScript("scripts/audit.ts", [], { ...process.env, COINDROP_STATE: house.state });
  expect(output).toContain("All agree");
  expect(output).toContain(`because: ${REASON}`);
  expect(code).toBe(0);
});
