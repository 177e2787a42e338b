import { readFileSync } from "node:fs";
import path from "node:path";
import { type Browser, expect as see } from "@playwright/test";
import { createPublicClient, createTestClient, createWalletClient, http, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { type EntryDraft, entryDraftSchema } from "#protocol/manifest.ts";
import { root } from "../../scripts/tool/root.ts";
import { type BrowserWallet, installBrowserWallet } from "../support/browserWallet.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { runScript } from "../support/runScript.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// One story through the whole house, told in order: each test goes on where the one before it stopped.

const PATIENCE = { timeout: 20_000 };

let house: DemoHouse;
let browser: Browser;
let site: SitePage;
let wallet: BrowserWallet;

beforeAll(async () => {
  house = await startDemo();
  browser = await launchChromium();
  site = await openSitePage(browser);
  wallet = await installBrowserWallet(site.page, {
    privateKey: generatePrivateKey(),
    rpcUrl: house.demo.rpcUrl,
    chainId: house.demo.chainId,
  });
  await fund(wallet.address);
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

async function fund(address: string): Promise<void> {
  const answer = await fetch(`${house.demo.appUrl}/demo/fund`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address }),
  });
  expect(answer.status).toBe(200);
}

const idOf = (name: string): number => {
  const entry = house.demo.entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the demo has no entry ${name}`);
  return entry.id;
};

const draftOf = (name: string): EntryDraft =>
  entryDraftSchema.parse(JSON.parse(readFileSync(path.join(root, "scripts/demo/entries", `${name}.json`), "utf8")));

const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;
const openEntry = (name: string) => site.page.goto(contestUrl(`/entry/${idOf(name)}`));
const publicClient = () => createPublicClient({ transport: http(house.demo.rpcUrl), pollingInterval: 100 });

test("a stranger opens the address and finds five models, each with a pitch and a way to try it", async () => {
  const { page } = site;
  await page.goto(house.demo.appUrl);
  for (const name of ["bedtime", "clauses", "haiku", "sums", "tickermood"]) {
    await see(page.getByRole("heading", { name, exact: true })).toBeVisible(PATIENCE);
  }
  await see(page.getByText("2 nodes serving").first()).toBeVisible(PATIENCE);
});

async function ask(question: string): Promise<string> {
  const { page } = site;
  await page.getByTestId("chat-input").fill(question);
  await page.getByTestId("chat-send").click();
  const reply = page.getByTestId("chat-reply").last();
  await see(reply).toHaveAttribute("data-state", "done", { timeout: 60_000 });
  await see(reply.getByTestId("receipt")).toHaveAttribute("data-holds", "true", PATIENCE);
  await see(reply.getByTestId("seal")).toBeVisible();
  return (await reply.getByTestId("chat-answer").innerText()).trim();
}

test.each(["tickermood", "clauses", "sums"])(
  "%s gives the listed answer, and the browser finds its receipt good",
  async (name) => {
    await openEntry(name);
    const check = draftOf(name).checks?.find(({ answer }) => answer !== undefined);
    if (check === undefined) throw new Error(`${name} lists no check`);
    expect(await ask(check.prompt)).toBe(check.answer);
  },
);

test("a bedtime story holds the name asked for, and a haiku has three lines", async () => {
  await openEntry("bedtime");
  expect(await ask("Tell me a story about a brave bear named Roland")).toContain("Roland");
  await openEntry("haiku");
  expect((await ask("haiku about birds please")).split("\n")).toHaveLength(3);
});

test("a wallet connects", async () => {
  const { page } = site;
  await page.getByTestId("rk-connect-button").first().click();
  await page.getByTestId(`rk-wallet-option-${wallet.rdns}`).click(PATIENCE);
  await see(page.getByTestId("rk-account-button").first()).toBeVisible(PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
});

test("more coins than the wallet holds are refused before anything is signed, with coin and chain named", async () => {
  const { page } = site;
  const before = wallet.asked.length;
  await page.getByTestId("drop-amount").fill("250");
  await see(page.getByTestId("drop-error")).toContainText("DROP");
  await see(page.getByTestId("drop-error")).toContainText("Coindrop local");
  // The button is only said to be off, so a thumb can still press it.
  await page.getByTestId("drop-submit").click({ force: true });
  expect(wallet.asked.slice(before)).toEqual([]);
});

test("a rejected signature is quiet: nothing is sent and the panel is ready again", async () => {
  const { page } = site;
  await page.getByTestId("drop-amount").fill("3.00");
  wallet.rejectNext();
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("You declined it in your wallet. Nothing was sent.", PATIENCE);
  await see(page.getByTestId("drop-submit")).toHaveText("Drop 3.00 DROP", PATIENCE);
  expect(wallet.asked).not.toContain("eth_sendTransaction");
});

test("three coins drop on haiku with one signature and one transaction, and the site follows them until indexed", async () => {
  const { page } = site;
  const before = wallet.asked.length;
  await page.getByTestId("drop-amount").fill("3.00");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("steps")).toContainText("Confirmed", PATIENCE);
  await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
  await see(page.getByTestId("drop-held")).toContainText("97", PATIENCE);
  expect(wallet.asked.slice(before)).toEqual(["eth_signTypedData_v4", "eth_sendTransaction"]);
});

test("the ranking shows haiku first, with the block it is true at", async () => {
  const { page } = site;
  await page.goto(contestUrl("/ranking"));
  await see(page.getByTestId(`rank-row-${idOf("haiku")}`)).toContainText("3.00", PATIENCE);
  await see(page.getByTestId("ranking").locator("tbody tr[data-row]").first()).toHaveAttribute(
    "data-row",
    String(idOf("haiku")),
  );
  await see(page.getByTestId("true-at")).toHaveText(/^[\d,]+$/);
});

test("a second voter's larger drop takes the lead on the open page, without a reload", async () => {
  const { page } = site;
  const account = privateKeyToAccount(generatePrivateKey());
  await fund(account.address);
  const client = createWalletClient({ account, transport: http(house.demo.rpcUrl) });
  const { coin, contest } = house.demo;
  const marked = await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }).stillTheSamePage);
  const approve = await client.writeContract({
    chain: null,
    address: coin,
    abi: demoCoinAbi,
    functionName: "approve",
    args: [contest, parseEther("7")],
  });
  await publicClient().waitForTransactionReceipt({ hash: approve });
  await client.writeContract({
    chain: null,
    address: contest,
    abi: contestAbi,
    functionName: "drop",
    args: [BigInt(idOf("sums")), parseEther("7")],
  });
  const first = page.getByTestId("ranking").locator("tbody tr[data-row]").first();
  await see(first).toHaveAttribute("data-row", String(idOf("sums")), PATIENCE);
  await see(first).toContainText("7.00");
  expect(await page.evaluate(() => "stillTheSamePage" in window)).toBe(marked);
});

test("one coin is taken back, and is in the wallet again", async () => {
  const { page } = site;
  await openEntry("haiku");
  await see(page.getByTestId("drop-held")).toContainText("97", PATIENCE);
  await page.getByTestId("take-back").click();
  await page.getByTestId("drop-amount").fill("1");
  await page.getByTestId("drop-submit").click();
  await see(page.getByTestId("drop-held")).toContainText("98", PATIENCE);
  const [stake] = await publicClient().readContract({
    address: house.demo.contest,
    abi: contestAbi,
    functionName: "stakeOf",
    args: [wallet.address, BigInt(idOf("haiku"))],
  });
  expect(stake).toBe(parseEther("2"));
});

test("the close comes, and the open page says so by itself", async () => {
  const { page } = site;
  await page.goto(contestUrl());
  await see(page.getByRole("heading", { name: "haiku", exact: true })).toBeVisible(PATIENCE);
  const { votesClose } = await publicClient().readContract({
    address: house.demo.contest,
    abi: contestAbi,
    functionName: "rules",
  });
  const time = createTestClient({ mode: "hardhat", transport: http(house.demo.rpcUrl) });
  await time.setNextBlockTimestamp({ timestamp: BigInt(votesClose) });
  await time.mine({ blocks: 1 });
  await see(page.getByText("Voting closed").first()).toBeVisible(PATIENCE);
});

test("any wallet counts the entries and makes the result final", async () => {
  const { page } = site;
  await page.goto(contestUrl("/result"));
  await page.getByRole("button", { name: "Count the entries" }).click(PATIENCE);
  await page.getByRole("button", { name: "Make the result final" }).click(PATIENCE);
  await see(page.getByText(/^Final since block/)).toBeVisible(PATIENCE);
  const [ids, , isFinal] = await publicClient().readContract({
    address: house.demo.contest,
    abi: contestAbi,
    functionName: "standings",
  });
  expect(isFinal).toBe(true);
  expect(ids.slice(0, 3)).toEqual([idOf("sums"), idOf("haiku"), 0]);
});

test("the first prize reaches its author, whoever asks for the payment", async () => {
  const { page } = site;
  const { coin, contest } = house.demo;
  const { author } = await publicClient().readContract({
    address: contest,
    abi: contestAbi,
    functionName: "entry",
    args: [BigInt(idOf("sums"))],
  });
  const balanceOf = () =>
    publicClient().readContract({ address: coin, abi: demoCoinAbi, functionName: "balanceOf", args: [author] });
  const before = await balanceOf();
  await page.getByRole("button", { name: "Pay the author" }).first().click(PATIENCE);
  await see(page.getByText(/^Paid to/).first()).toBeVisible(PATIENCE);
  // The pot of 1,000 coins, of which rank one takes 40 per cent.
  expect((await balanceOf()) - before).toBe(parseEther("400"));
});

test("the voter takes the rest back with one button after the end", async () => {
  const { page } = site;
  await page.goto(`${house.demo.appUrl}/coins`);
  await page.getByRole("button", { name: "Take back all 2.00 DROP" }).click(PATIENCE);
  await see
    .poll(
      () =>
        publicClient().readContract({
          address: house.demo.coin,
          abi: demoCoinAbi,
          functionName: "balanceOf",
          args: [wallet.address],
        }),
      PATIENCE,
    )
    .toBe(parseEther("100"));
});

test("a second program recounts the result from the chain and agrees with contract and indexer", async () => {
  const { rpcUrl, contest, indexerUrl } = house.demo;
  const { code, output } = await runScript("scripts/audit.ts", [
    "--rpc",
    rpcUrl,
    "--contest",
    contest,
    "--indexer",
    indexerUrl,
  ]);
  expect(output).toContain("All agree: recount, contract and indexer.");
  expect(code).toBe(0);
});

test("all this while no request left the machine and nothing broke in the page", () => {
  expect(site.strayed).toEqual([]);
  expect(site.broken).toEqual([]);
});

test("Ctrl-C ends everything", async () => {
  const { appUrl, indexerUrl, relayUrl, rpcUrl, nodes } = house.demo;
  expect(await house.stop()).toBe(0);
  for (const url of [appUrl, indexerUrl, relayUrl, rpcUrl, ...nodes.map((node) => node.url)]) {
    await expect(fetch(url)).rejects.toThrow();
  }
});
