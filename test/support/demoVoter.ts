import { type Page, expect as see } from "@playwright/test";
import { encodeFunctionData, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import { publicClientOf, send, walletOf } from "../../scripts/chainClients.ts";
import { localChain } from "../../scripts/start/localChain.ts";
import type { BrowserWallet } from "./browserWallet.ts";
import { installBrowserWallet } from "./browserWallet.ts";
import type { DemoHouse } from "./demoHouse.ts";

/** Sends an address what the demo gives to newcomers: 1 ETH and 100 coins. */
export async function fundFromDemo({ demo }: Pick<DemoHouse, "demo">, address: string): Promise<void> {
  const answer = await fetch(`${demo.appUrl}/demo/fund`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address }),
  });
  if (!answer.ok) throw new Error(`POST /demo/fund answered ${answer.status}: ${await answer.text()}`);
}

/** Puts a wallet with coins into a page that has not been opened yet. */
export async function giveWallet(house: DemoHouse, page: Page): Promise<BrowserWallet> {
  const { rpcUrl, chainId } = house.demo;
  const wallet = await installBrowserWallet(page, { privateKey: generatePrivateKey(), rpcUrl, chainId });
  await fundFromDemo(house, wallet.address);
  return wallet;
}

/** Connects a wallet through the page's own dialog. */
export async function connectWallet(page: Page, { rdns }: Pick<BrowserWallet, "rdns">): Promise<void> {
  const patience = { timeout: 20_000 };
  await page.getByTestId("rk-connect-button").first().click(patience);
  await page.getByTestId(`rk-wallet-option-${rdns}`).click(patience);
  await see(page.getByTestId("rk-account-button").first()).toBeVisible(patience);
}

/** A voter without a browser drops coins on an entry; resolves once that is in a block. */
export async function dropFromOutside(
  { demo }: Pick<DemoHouse, "demo">,
  entryId: number,
  coins: string,
): Promise<void> {
  const account = privateKeyToAccount(generatePrivateKey());
  await fundFromDemo({ demo }, account.address);
  const chain = localChain(demo.rpcUrl);
  const clients = { publicClient: publicClientOf(chain), wallet: walletOf(chain, account) };
  const amount = parseEther(coins);
  await send(clients, {
    to: demo.coin,
    data: encodeFunctionData({ abi: demoCoinAbi, functionName: "approve", args: [demo.contest, amount] }),
  });
  await send(clients, {
    to: demo.contest,
    data: encodeFunctionData({ abi: contestAbi, functionName: "drop", args: [BigInt(entryId), amount] }),
  });
}

/** The number of an entry of the demo. */
export function entryIdOf({ demo }: Pick<DemoHouse, "demo">, name: string): number {
  const entry = demo.entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the demo has no entry ${name}`);
  return entry.id;
}
