import { type Browser, expect as see } from "@playwright/test";
import { parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { contestAbi } from "#protocol/abi.ts";
import { publicClientOf } from "../../scripts/chainClients.ts";
import { localChain } from "../../scripts/start/localChain.ts";
import { launchChromium } from "../support/chromium.ts";
import { type DemoHouse, startDemo } from "../support/demoHouse.ts";
import { connectWallet, entryIdOf, fundFromDemo, giveWallet } from "../support/demoVoter.ts";
import { axeFaults } from "../support/pageFaults.ts";
import { openSitePage, type SitePage } from "../support/sitePage.ts";

// Becoming a person with a zero-knowledge proof that the visitor's own browser makes.

const PATIENCE = { timeout: 30_000 };
/** A proof takes two seconds on a quiet machine with two cores; this one may be neither. */
const PROVING = { timeout: 120_000 };

let browser: Browser;
let house: DemoHouse;
let site: SitePage;

const contestUrl = (rest = ""): string => `${house.demo.appUrl}/contest/${house.demo.contest}${rest}`;
const chain = () => publicClientOf(localChain(house.demo.rpcUrl));
const contest = () => ({ address: house.demo.contest, abi: contestAbi }) as const;
const isPerson = async (wallet: `0x${string}`) =>
  (await chain().readContract({ ...contest(), functionName: "personOf", args: [wallet] }))[0];

describe("npm start -- --personhood semaphore", () => {
  beforeAll(async () => {
    browser = await launchChromium();
    house = await startDemo(["--personhood", "semaphore"]);
  });

  afterEach(async () => {
    const { broken, strayed } = site;
    await site.close();
    expect(broken).toEqual([]);
    expect(strayed).toEqual([]);
  });

  afterAll(async () => {
    await house?.stop();
    await browser?.close();
  });

  test("a visitor joins the group, proves it in the browser and becomes a person; another wallet of theirs does not", async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce" });
    const { page } = site;
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    const proverFiles = () => fetched.filter((path) => /prover|semaphore-16.*\.(wasm|zkey)$/.test(path));
    const wallet = await giveWallet(house, page);
    const id = entryIdOf(house, "sums");
    const stakeAndWeight = () =>
      chain().readContract({ ...contest(), functionName: "stakeOf", args: [wallet.address, BigInt(id)] });

    await page.goto(contestUrl(`/entry/${id}`));
    await connectWallet(page, wallet);
    await see(page.getByTestId("drop-held")).toContainText("100", PATIENCE);
    await page.getByTestId("drop-amount").fill("4");
    await page.getByTestId("drop-submit").click();
    await see(page.getByTestId("steps")).toContainText("Indexed", PATIENCE);
    expect(await stakeAndWeight()).toEqual([parseEther("4"), 0n]);

    // Five authors are in already.
    await see(page.getByText("Persons here are the members of a group: 5 now.")).toBeVisible(PATIENCE);
    await see(page.getByTestId("verify-submit")).toHaveCount(0);
    expect.soft(await axeFaults(page)).toEqual([]);
    // Nobody who does not ask for it fetches the prover.
    expect(proverFiles()).toEqual([]);

    await page.getByTestId("verify-join").click();
    await see(page.getByTestId("verify-identity-kept")).toHaveAttribute("data-member", "true", PROVING);
    await see(page.getByText("Persons here are the members of a group: 6 now.")).toBeVisible();
    expect.soft(await axeFaults(page)).toEqual([]);
    expect(proverFiles().filter((path) => path.endsWith("zkey"))).toEqual([]);

    const started = performance.now();
    await page.getByTestId("verify-submit").click();
    await see(page.getByText("Making the proof on this computer")).toBeVisible();
    await see(page.getByTestId("reweigh")).toBeVisible(PROVING);
    console.log(`proved and bound in the browser in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(proverFiles().filter((path) => path.endsWith("zkey"))).toHaveLength(1);
    expect(await isPerson(wallet.address)).toBe(true);
    await page.getByTestId("reweigh").click();
    await see(page.getByTestId("reweigh")).toHaveCount(0, PATIENCE);
    // The root of 4 coins of 18 decimals is 2 of 9.
    expect(await stakeAndWeight()).toEqual([parseEther("4"), 2n * 10n ** 9n]);

    const key = generatePrivateKey();
    const second = privateKeyToAccount(key);
    await fundFromDemo(house, second.address);
    await wallet.become(key);
    await see(page.getByTestId("verify-identity-kept")).toHaveAttribute("data-member", "true", PATIENCE);
    await page.getByTestId("verify-submit").click();
    await see(page.getByTestId("steps-sentence")).toContainText("This person votes with another wallet here", PROVING);
    expect(await isPerson(second.address)).toBe(false);
  });

  test("on a narrow screen the card fits, survives a silent chain, and the identity survives a reload", async () => {
    site = await openSitePage(browser, { reducedMotion: "reduce", viewport: { width: 360, height: 740 } });
    const { page } = site;
    const wallet = await giveWallet(house, page);
    let isSilent = true;
    await page.route(`${house.demo.rpcUrl}/**`, (route) => {
      const asksForLogs = route.request().postData()?.includes("eth_getLogs") ?? false;
      return isSilent && asksForLogs ? route.fulfill({ status: 503, body: "" }) : route.continue();
    });
    await page.goto(contestUrl(`/entry/${entryIdOf(house, "sums")}`));
    await connectWallet(page, wallet);
    await see(page.getByText("Reading the group from the chain …")).toBeVisible(PATIENCE);
    await see(page.getByText("The group could not be read from the chain.")).toBeVisible(PATIENCE);
    isSilent = false;
    await page.locator("#verify").getByRole("button", { name: "Try again" }).click();
    await page.getByTestId("verify-join").click(PATIENCE);
    const kept = page.getByTestId("verify-identity-kept");
    await see(kept).toHaveAttribute("data-member", "true", PROVING);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect.soft(await axeFaults(page)).toEqual([]);
    const number = await kept.locator(".mono").innerText();
    await page.reload();
    await see(kept.locator(".mono")).toHaveText(number, PATIENCE);
    await see(kept).toHaveAttribute("data-member", "true");
  });

  test("the demo's admin takes commitments only", async () => {
    site = await openSitePage(browser);
    const post = (body: unknown) =>
      fetch(`${house.demo.appUrl}/demo/member`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const field = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    for (const body of [
      {},
      { commitment: "0" },
      { commitment: "-1" },
      { commitment: field },
      { commitment: "1".repeat(99) },
    ])
      expect((await post(body)).status).toBe(400);
  });
});
