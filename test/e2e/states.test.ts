import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type Page, expect as see } from "@playwright/test";
import { generatePrivateKey } from "viem/accounts";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { installBrowserWallet } from "../support/browserWallet.ts";
import { type CannedOptions, cannedContest, startCannedSite } from "../support/cannedSite.ts";
import { launchChromium } from "../support/chromium.ts";
import { connectWallet } from "../support/demoVoter.ts";
import { axeFaults, sidewaysFaults } from "../support/pageFaults.ts";
import { openSitePage } from "../support/sitePage.ts";

// States that the running demo is not in: services silent, the contest over, entries removed or without a description.

const PATIENCE = { timeout: 30_000 };

let browser: Browser;
let dist: string;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), "coindrop-app-"));
  await build({
    configFile: fileURLToPath(new URL("../../app/vite.config.ts", import.meta.url)),
    logLevel: "error",
    build: { outDir: dist, emptyOutDir: true },
  });
  browser = await launchChromium();
});

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

afterAll(async () => {
  await browser?.close();
  if (dist !== undefined) await rm(dist, { recursive: true, force: true });
});

/** `rest`: below the contest, but for the page of the nodes. */
async function visit(rest: string, options: CannedOptions & { readonly wallet?: boolean }): Promise<Page> {
  const site = await startCannedSite({ dist, ...options });
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" });
  open.push(site.close, () => context.close());
  const page = await context.newPage();
  const rpcUrl = `${site.url}/rpc`;
  const wallet =
    options.wallet === true
      ? await installBrowserWallet(page, { privateKey: generatePrivateKey(), rpcUrl, chainId: 31_337 })
      : undefined;
  await page.goto(`${site.url}${rest === "/nodes" ? "" : `/contest/${cannedContest}`}${rest}`);
  if (wallet !== undefined) await connectWallet(page, wallet);
  return page;
}

async function expectSound(page: Page): Promise<void> {
  expect(await sidewaysFaults(page)).toEqual([]);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeFaults(page), colorScheme).toEqual([]);
  }
}

test("while the services are slow the page keeps its shape and says who is asked", async () => {
  const page = await visit("", { indexer: "slow" });
  await see(page.getByText("Asking the indexer.")).toBeVisible(PATIENCE);
  await expectSound(page);
});

test("what comes in is checked without the eval that the page's own policy forbids", async () => {
  const site = await startCannedSite({ dist });
  const { page, close } = await openSitePage(browser);
  open.push(site.close, close);
  const forbidden: string[] = [];
  await page.exposeFunction("onForbidden", (what: string) => forbidden.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      const { onForbidden } = globalThis as unknown as { readonly onForbidden: (what: string) => void };
      onForbidden(`${violatedDirective}: ${blockedURI} in ${sourceFile}`);
    });
  });
  await page.goto(`${site.url}/contest/${cannedContest}/ranking`);
  await see(page.getByRole("heading", { name: "Who overtook whom" })).toBeVisible(PATIENCE);
  expect(forbidden).toEqual([]);
});

test("with indexer and chain silent it says so, calms, and offers to try again", async () => {
  const page = await visit("", { indexer: "down" });
  await see(page.getByRole("alert").filter({ hasText: "The chain's endpoint does not answer." })).toBeVisible(PATIENCE);
  await see(page.getByRole("button", { name: "Try again" })).toBeVisible(PATIENCE);
  await see(page.getByRole("button", { name: "Copy details" })).toBeVisible();
  await expectSound(page);
});

test("a removed entry keeps its place without buttons, one without a description keeps its number", async () => {
  const page = await visit("", { entries: 9 });
  const removed = page.getByTestId("entry-7");
  await see(removed.getByText("Ruled out")).toBeVisible(PATIENCE);
  await see(removed.getByRole("link", { name: /Drop/ })).toHaveCount(0);
  await see(page.getByTestId("entry-8").getByText("Its description cannot be fetched at the moment.")).toBeVisible();
  await expectSound(page);
});

test("a challenged entry says who, why and until when; what a stranger gave is a link only where that is safe", async () => {
  const page = await visit("/entry/6", { entries: 9 });
  const card = page.getByTestId("challenge");
  await see(card.getByRole("heading", { name: "Challenged", exact: true })).toBeVisible(PATIENCE);
  await see(card.getByText("The arbitrator has until")).toBeVisible();
  const link = card.getByRole("link", { name: "https://example.org/why-not" });
  await see(link).toHaveAttribute("rel", /noopener noreferrer/);
  await see(page.locator(".entry-badges").getByText(/^Rank \d+$/)).toBeVisible();
  // The law lets coins come and go meanwhile; the panel says what a ruling could change.
  const panel = page.locator("#drop");
  await see(panel.getByRole("note")).toContainText("Coins count here as before until the arbitrator rules");
  await see(panel.getByRole("heading", { name: "Drop coins on bedtime-6" })).toBeVisible();
  await see(page.locator(".dock-act").getByText("Drop coins")).toBeVisible();
  await expectSound(page);
});

test("a removed entry says why and that coins are safe, and holds no rank", async () => {
  const page = await visit("/entry/7", { entries: 9 });
  const card = page.getByTestId("challenge");
  await see(card.getByRole("heading", { name: "Ruled out" })).toBeVisible(PATIENCE);
  await see(card.getByText("https://example.org/why-not")).toBeVisible();
  await see(card.getByText("Coins on it are safe")).toBeVisible();
  await see(page.locator(".entry-badges").getByText("No rank yet")).toHaveCount(0);
  await see(page.locator(".entry-badges").getByText(/^Rank/)).toHaveCount(0);
  await see(page.getByTestId("drop-submit")).toHaveCount(0);
  await see(page.getByTestId("gone").getByText("The arbitrator ruled this entry out.")).toBeVisible();
  await see(page.getByText("Drop coins")).toHaveCount(0);
  await page.locator(".dock-act").getByRole("link", { name: "Why it was ruled out" }).click();
  await see(card).toBeInViewport();
  await expectSound(page);
});

test("a removed entry offers its voter the ways out and no way in", async () => {
  const page = await visit("/entry/7", { entries: 9, staked: [7], relay: true, wallet: true });
  const panel = page.locator("#drop");
  await see(panel.getByRole("heading", { name: "Take coins back from clauses-7" })).toBeVisible(PATIENCE);
  await see(panel.getByRole("note")).toContainText("The arbitrator ruled this entry out.");
  await see(panel.getByTestId("drop-submit")).toHaveText("Take back 1.00 DROP");
  await see(panel.getByTestId("gasless")).toBeVisible();
  await see(page.locator(".dock-act").getByRole("link", { name: "Take back" })).toBeVisible();
  await panel.getByTestId("move").click();
  await see(panel.getByTestId("drop-submit")).toHaveText("Choose where to move them");
  // A second press on what is chosen leads to a drop elsewhere; here there is none.
  await panel.getByTestId("move").click();
  await see(panel.getByTestId("drop-amount")).toHaveValue("1.00");
  await panel.getByTestId("take-back").click();
  await panel.getByTestId("take-back").click();
  await see(panel.getByTestId("drop-submit")).toHaveText("Take back 1.00 DROP");
  await see(page.getByText("Drop coins")).toHaveCount(0);
  await expectSound(page);
});

test("an entry that its author took back takes no coins", async () => {
  const page = await visit("/entry/2", { entries: 9, retracted: 2 });
  await see(page.getByTestId("gone").getByText("Its author took it back before voting opened")).toBeVisible(PATIENCE);
  await see(page.getByTestId("drop-submit")).toHaveCount(0);
  await see(page.locator(".dock-act").getByRole("link")).toHaveText(["Try it"]);
  await expectSound(page);
});

test("the nodes say what they lost and why, what they are asked for, and who leaves", async () => {
  const page = await visit("/nodes", { entries: 9, nodes: "troubled" });
  await see(page.getByText("Lost 80.00 DROP").first()).toBeVisible(PATIENCE);
  await see(page.getByText("it signed a false receipt about entry 3")).toBeVisible();
  await see(page.getByText("Asked for block 17 of entry 3")).toBeVisible();
  await see(page.getByText("Left", { exact: true })).toBeVisible();
  await expectSound(page);
});

test("a live entry can be challenged: what it costs and what comes of it is said first", async () => {
  const page = await visit("/entry/1", { entries: 9 });
  const card = page.getByTestId("challenge");
  await card.getByText("Challenge this entry").click(PATIENCE);
  await see(card.getByText("Your deposit")).toBeVisible();
  await see(card.getByText("half of the author's deposit")).toBeVisible();
  await expectSound(page);
});

test("a search without a match shows the way back", async () => {
  const page = await visit("", {});
  await page.getByRole("searchbox").fill("no such thing");
  await see(page.getByText("Nothing on this peg")).toBeVisible(PATIENCE);
  await expectSound(page);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await see(page.getByRole("article")).toHaveCount(5);
});

test("while the count is due, anyone can see how far it is", async () => {
  const page = await visit("/result", { phase: "counting" });
  await see(page.getByText("0 of 5 entries counted.")).toBeVisible(PATIENCE);
  await expectSound(page);
});

test("a final contest shows the ten ranks, who was paid, and a way to pay the others", async () => {
  const page = await visit("/result", { phase: "final", entries: 9 });
  await see(page.getByTestId("result-row-1").getByText("Paid to")).toBeVisible(PATIENCE);
  await see(page.getByTestId("claim-2")).toBeVisible();
  await see(page.getByTestId("result").getByText("Nobody")).toHaveCount(2);
  await expectSound(page);
});

test("simulated voters are marked as such", async () => {
  const page = await visit("/activity", { crowd: true });
  await see(page.getByTestId("activity-row").first().getByText("simulated")).toBeVisible(PATIENCE);
  await see(page.getByText("2 voters here are simulated and marked so.")).toBeVisible();
});

async function ask(page: Page): Promise<void> {
  await page.getByTestId("chat-input").fill("What is 17 plus 5?");
  await page.getByTestId("chat-send").click();
  await see(page.getByTestId("receipt")).toHaveAttribute("data-state", /checked|missing|unreadable/, PATIENCE);
}

test("an answer whose receipt holds is stamped", async () => {
  const page = await visit("/entry/5", { chat: "honest" });
  await ask(page);
  await see(page.getByTestId("chat-answer")).toHaveText("17 plus 5 is 22.");
  await see(page.getByTestId("seal")).toBeVisible();
  await see(page.getByTestId("seal-limit")).toBeVisible();
  await expectSound(page);
});

test("where the chain does not say whose key signed, nothing is stamped", async () => {
  const page = await visit("/entry/5", { chat: "honest", registry: "down" });
  await ask(page);
  await see(page.getByText("Checked against the indexer only.")).toBeVisible();
  await see(page.getByTestId("seal")).toHaveCount(0);
  await expectSound(page);
});

test.each([
  ["wrongModel", "The model's pieces root is not the entered one"],
  ["wrongTokens", "The answer's hash does not fit its tokens"],
  ["strangeKey", "The signature belongs to no key of this node"],
] as const)(
  "an answer with a receipt that does not hold (%s) is not stamped, and the page says why",
  async (chat, reason) => {
    const page = await visit("/entry/5", { chat });
    await ask(page);
    await see(page.getByRole("alert").filter({ hasText: reason })).toBeVisible();
    await see(page.getByTestId("seal")).toHaveCount(0);
    await expectSound(page);
  },
);

test("an answer without a receipt is shown, and said to be unproven", async () => {
  const page = await visit("/entry/5", { chat: "noReceipt" });
  await ask(page);
  await see(page.getByText("nothing about it is proven")).toBeVisible();
  await see(page.getByTestId("seal")).toHaveCount(0);
});

test("where the first node refuses, the next one is asked", async () => {
  const page = await visit("/entry/5", { chat: "firstRefuses" });
  await ask(page);
  await see(page.getByText("did not answer, so")).toBeVisible();
  await see(page.getByTestId("seal")).toBeVisible();
});
