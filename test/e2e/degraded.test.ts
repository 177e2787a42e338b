import { type Browser, type Page, type Route, expect as see } from "@playwright/test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { entriesAnswer } from "#protocol/http.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, dropFromOutside, entryIdOf, fundFromDemo, giveWallet } from "../support/demoVoter.ts";
import { changeBundles, chatAt } from "../support/lyingNodes.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { processesOf } from "../support/processesOf.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";
import { until } from "../support/until.ts";

// What the site shows, and what it lets a visitor do, while a part of the house is silent, gone or lying.

const PATIENCE = { timeout: 20_000 };

let house: DemoHouse;
let browser: Browser;
let site: SitePage;

beforeAll(async () => {
  house = await startDemo();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

beforeEach(async () => {
  site = await openSitePage(browser, { reducedMotion: "reduce" });
});

afterEach(async () => {
  const { broken, strayed } = site;
  await site.close();
  expect(broken).toEqual([]);
  expect(strayed).toEqual([]);
});

const everythingAt = (url: string): string => `${url}/**`;
const refuse = (route: Route) => route.abort("connectionrefused");
const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;
const entryUrl = (name: string): string => contestUrl(`/entry/${idOf(name)}`);

const idOf = (name: string): number => entryIdOf(house, name);
const banner = (page: Page) => page.getByTestId("banner-degraded");

describe("while the indexer is silent", () => {
  beforeEach(() => site.page.route(everythingAt(house.demo.indexerUrl), refuse));

  test("the board says so and shows the entries that the chain knows", async () => {
    const { page } = site;
    await page.goto(contestUrl());
    await see(banner(page)).toContainText("The indexer does not answer.", PATIENCE);
    for (const { id } of house.demo.entries) {
      await see(page.getByRole("heading", { name: `Entry ${id}`, exact: true })).toBeVisible(PATIENCE);
    }
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test.each([
    ["/nodes", "The list of nodes comes from the indexer"],
    ["activity", "The list of what happened comes from the indexer"],
  ])("%s says who would know, not that something failed", async (at, sentence) => {
    const { page } = site;
    await page.goto(at.startsWith("/") ? `${house.demo.appUrl}${at}` : contestUrl(`/${at}`));
    await see(page.getByText(sentence)).toBeVisible(PATIENCE);
    await see(page.getByText("Could not load")).toHaveCount(0);
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test("coins drop all the same, the ranking is read from the chain, and the site heals by itself", async () => {
    const { page } = site;
    const wallet = await giveWallet(house, page);
    await page.goto(entryUrl("clauses"));
    await connectWallet(page, wallet);
    await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
    await page.getByTestId("drop-amount").fill("4");
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("steps")).toContainText("the indexer is silent; the chain has it", PATIENCE);
    await see(page.getByTestId("drop-held")).toContainText("96", PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);

    await page.goto(contestUrl("/ranking"));
    const row = page.getByTestId(`rank-row-${idOf("clauses")}`);
    await see(row).toContainText("4.00", PATIENCE);
    await see(page.getByText("Read from the chain", { exact: true })).toBeVisible();
    await see(page.getByTestId("true-at")).toHaveText(/^[\d,]+$/);
    expect.soft(await axeFaults(page)).toEqual([]);

    await page.unroute(everythingAt(house.demo.indexerUrl), refuse);
    await see(banner(page)).toHaveCount(0, PATIENCE);
    await see(row).toContainText("clauses", PATIENCE);
    await see(page.getByText("Read from the chain", { exact: true })).toHaveCount(0);
  });

  test("what is mine is listed and comes back", async () => {
    const { page } = site;
    const wallet = await giveWallet(house, page);
    await page.goto(entryUrl("sums"));
    await connectWallet(page, wallet);
    await page.getByTestId("drop-amount").fill("2");
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("drop-held")).toContainText("98", PATIENCE);
    await page.goto(`${house.demo.appUrl}/coins`);
    await page.getByRole("button", { name: "Take back all 2.00 DROP" }).click(PATIENCE);
    await see(page.getByText("None of your coins are out")).toBeVisible(PATIENCE);
  });
});

test("the indexer is killed: the open page says so, reads the chain, and is as before once it is back", async () => {
  const { page } = site;
  await page.goto(contestUrl("/ranking"));
  await see(page.getByTestId("true-at")).toBeVisible(PATIENCE);
  const [indexer] = processesOf(house.state).filter(({ command }) => command.includes("indexer/main.ts"));
  if (indexer === undefined) throw new Error("no indexer runs");
  process.kill(indexer.pid, "SIGKILL");
  await see(banner(page)).toBeVisible(PATIENCE);
  await until("the indexer to be started again", () => house.output().includes("the indexer is back."), 60_000);
  await see(banner(page)).toHaveCount(0, PATIENCE);
  await see(page.getByText("Read from the chain", { exact: true })).toHaveCount(0, PATIENCE);
  await dropFromOutside(house, idOf("tickermood"), "9");
  await see(page.getByTestId(`rank-row-${idOf("tickermood")}`)).toContainText("9.00", PATIENCE);
});

describe("while the chain's endpoint is silent", () => {
  test("reading works, and a drop is refused in words before anything is sent", async () => {
    const { page } = site;
    const wallet = await giveWallet(house, page);
    await page.goto(entryUrl("haiku"));
    await connectWallet(page, wallet);
    await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
    await page.route(everythingAt(house.demo.rpcUrl), refuse);
    await page.getByTestId("drop-amount").fill("1");
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("steps-sentence")).toContainText("The chain's endpoint did not answer.", PATIENCE);
    expect(wallet.asked).not.toContain("eth_sendTransaction");
    await page.unroute(everythingAt(house.demo.rpcUrl), refuse);
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("steps")).toContainText("Confirmed", PATIENCE);
  });

  test("and the indexer too: the page says that coins are safe, and comes back by itself", async () => {
    const { page } = site;
    const both = [house.demo.rpcUrl, house.demo.indexerUrl].map(everythingAt);
    for (const urls of both) await page.route(urls, refuse);
    await page.goto(contestUrl());
    await see(page.getByText("Neither the indexer nor the chain's endpoint answers.")).toBeVisible(PATIENCE);
    await see(page.getByRole("heading", { name: "Could not load the contest" })).toBeVisible(PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);
    for (const urls of both) await page.unroute(urls, refuse);
    await see(page.getByRole("heading", { name: "haiku", exact: true })).toBeVisible(PATIENCE);
    await see(page.getByText("Neither the indexer nor the chain's endpoint answers.")).toHaveCount(0, PATIENCE);
  });
});

async function ask(page: Page, question: string): Promise<void> {
  await page.getByTestId("chat-input").fill(question, PATIENCE);
  await page.getByTestId("chat-send").click();
}

const nodeUrls = (): readonly string[] => house.demo.nodes.map(({ url }) => url);

describe("when a node", () => {
  test("is busy, the next one is asked, and the page says which", async () => {
    const { page } = site;
    await page.goto(entryUrl("sums"));
    await see(page.getByTestId("chat-input")).toBeVisible(PATIENCE);
    const asked: string[] = [];
    for (const url of nodeUrls()) {
      await page.route(chatAt(url), async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        asked.push(url);
        if (asked.length > 1) return route.continue();
        const headers = { "access-control-allow-origin": "*" };
        return route.fulfill({ status: 503, headers, json: { error: { message: "The queue is full." } } });
      });
    }
    await ask(page, "What is 17 plus 5?");
    const reply = page.getByTestId("chat-reply").last();
    await see(reply).toHaveAttribute("data-state", "done", { timeout: 60_000 });
    await see(reply.getByTestId("chat-answer")).toHaveText("17 plus 5 is 22.");
    await see(reply.getByTestId("seal")).toBeVisible(PATIENCE);
    const [first, second] = asked.map((url) => new URL(url).host);
    expect(asked).toHaveLength(2);
    await see(page.getByText(`${first} did not answer, so ${second} was asked.`)).toBeVisible();
  });

  test("and every other is gone, the page says so and asks again on request", async () => {
    const { page } = site;
    await page.goto(entryUrl("sums"));
    for (const url of nodeUrls()) await page.route(chatAt(url), refuse);
    await ask(page, "What is 17 plus 5?");
    await see(page.getByText("No node answered.", { exact: true })).toBeVisible(PATIENCE);
    expect.soft(await axeFaults(page)).toEqual([]);
    for (const url of nodeUrls()) await page.unroute(chatAt(url), refuse);
    await page.getByRole("button", { name: "Ask again" }).click();
    await see(page.getByTestId("chat-answer").last()).toHaveText("17 plus 5 is 22.", { timeout: 60_000 });
  });

  test("shows other tokens than it signed, there is no stamp and a sentence against it", async () => {
    const { page } = site;
    await changeBundles(page, nodeUrls(), (bundle) => ({ ...bundle, outputTokens: bundle.outputTokens.toReversed() }));
    await page.goto(entryUrl("sums"));
    await ask(page, "What is 17 plus 5?");
    const receipt = page.getByTestId("receipt").last();
    await see(receipt).toHaveAttribute("data-state", "checked", { timeout: 60_000 });
    await see(receipt).toHaveAttribute("data-holds", "false");
    await see(receipt.getByRole("alert")).toContainText("The answer's hash does not fit its tokens");
    await see(receipt.getByTestId("seal")).toHaveCount(0);
    expect.soft(await axeFaults(page)).toEqual([]);
  });

  test("signs with a stranger's key, there is no stamp and a sentence against it", async () => {
    const { page } = site;
    const stranger = privateKeyToAccount(generatePrivateKey());
    const signature = await stranger.signMessage({ message: "anything" });
    await changeBundles(page, nodeUrls(), (bundle) => ({ ...bundle, signature }));
    await page.goto(entryUrl("sums"));
    await ask(page, "What is 17 plus 5?");
    const receipt = page.getByTestId("receipt").last();
    await see(receipt.getByRole("alert")).toContainText("The signature belongs to no key of this node", {
      timeout: 60_000,
    });
    await see(receipt.getByTestId("seal")).toHaveCount(0);
  });

  test("signs nothing, the answer is shown as unproven", async () => {
    const { page } = site;
    await changeBundles(page, nodeUrls(), () => undefined);
    await page.goto(entryUrl("sums"));
    await ask(page, "What is 17 plus 5?");
    await see(page.getByText("The node sent no receipt with this answer")).toBeVisible({ timeout: 60_000 });
    await see(page.getByTestId("seal")).toHaveCount(0);
  });
});

describe("when the wallet", () => {
  test("is on another network, a banner offers to switch, and nothing is sent before", async () => {
    const { page } = site;
    const wallet = await giveWallet(house, page);
    await page.goto(entryUrl("bedtime"));
    await connectWallet(page, wallet);
    await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
    await wallet.goTo(1);
    const elsewhere = page.getByText("Your wallet is on another network.");
    await see(elsewhere).toBeVisible(PATIENCE);
    await see(page.getByTestId("drop-submit")).toHaveText("Switch to Coindrop local");
    expect.soft(await axeFaults(page)).toEqual([]);
    await page.getByTestId("drop-submit").click();
    await see(elsewhere).toHaveCount(0, PATIENCE);
    await see(page.getByTestId("drop-submit")).toHaveText("Drop 3.00 DROP", PATIENCE);
    expect(wallet.asked).not.toContain("eth_sendTransaction");
  });

  test("changes to another account, the page shows that one's coins and not the first one's", async () => {
    const { page } = site;
    const wallet = await giveWallet(house, page);
    await page.goto(entryUrl("bedtime"));
    await connectWallet(page, wallet);
    await page.getByTestId("drop-amount").fill("5");
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("drop-held")).toContainText("95", PATIENCE);
    const other = generatePrivateKey();
    const { address } = privateKeyToAccount(other);
    await fundFromDemo(house, address);
    await wallet.become(other);
    await see(page.getByTestId("rk-account-button").first()).toContainText(address.slice(0, 6).toLowerCase(), PATIENCE);
    await see(page.getByTestId("drop-held")).toHaveText("You have 100.00 DROP on Coindrop local.", PATIENCE);
    await page.goto(`${house.demo.appUrl}/coins`);
    await see(page.getByText("None of your coins are out")).toBeVisible(PATIENCE);
  });
});

test("an author's words cannot bring markup, scripts or pictures into the page", async () => {
  const { page } = site;
  const script = "<img src=x onerror='window.taken=1'><script>window.taken=1</script>";
  await page.route(`${house.demo.indexerUrl}/v1/contests/*/entries`, async (route) => {
    const response = await route.fetch();
    const answer = entriesAnswer.parse(await response.json());
    const entries = answer.entries.map((entry) => ({ ...entry, manifest: hostile(entry.manifest) }));
    await route.fulfill({ response, json: { ...answer, entries } });
  });
  const hostile = (state: ReturnType<typeof entriesAnswer.parse>["entries"][number]["manifest"]) => {
    if (state.state !== "present") return state;
    const { manifest } = state;
    const description = `${script}\n\n[press](javascript:window.taken=1) ![seen](https://example.org/pixel.png)\n\n# Big\n\n<h1>Bigger</h1>`;
    return { ...state, manifest: { ...manifest, tagline: `Free ${script}`, description } };
  };
  await page.goto(entryUrl("bedtime"));
  await page.getByText("More in the author's words").click(PATIENCE);
  const words = page.locator(".pitch-more");
  await see(words.getByText("press")).toBeVisible(PATIENCE);
  await see(page.getByText(`Free ${script}`)).toBeVisible();
  expect(await words.locator("img, script, iframe, h1, [onerror]").count()).toBe(0);
  const targets = await words.getByText("press").evaluateAll((found) => found.map((link) => link.getAttribute("href")));
  expect(targets.every((target) => !target?.startsWith("javascript:"))).toBe(true);
  await words.getByText("press").click();
  expect(await page.evaluate(() => "taken" in window)).toBe(false);
  await see(page.getByRole("heading", { level: 1 })).toHaveText(["bedtime"]);
});
