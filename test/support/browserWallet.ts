import type { Page } from "@playwright/test";
import { createWalletClient, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";

export type BrowserWallet = {
  /** Of the account it was made with. */
  readonly address: `0x${string}`;
  readonly name: string;
  readonly rdns: string;
  /** Makes the wallet say no to the next request that asks its owner for something. */
  readonly rejectNext: () => void;
  /** Methods that asked the owner for something, in order. */
  readonly asked: readonly string[];
  /** The owner takes the wallet to another chain; the page is told. */
  readonly goTo: (chainId: number) => Promise<void>;
  /** The owner chooses another account; the page is told. */
  readonly become: (privateKey: Hex) => Promise<void>;
};

export type BrowserWalletOptions = {
  readonly privateKey: Hex;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly name?: string;
};

type Request = { readonly method: string; readonly params?: readonly unknown[] };

const ASKS = new Set([
  "eth_requestAccounts",
  "wallet_requestPermissions",
  "personal_sign",
  "eth_signTypedData_v4",
  "eth_sendTransaction",
]);

/**
 * Announces a wallet to every page of `page` by EIP-6963. The key stays in this process; what the wallet does not
 * answer itself goes to the chain. Call before the page is opened.
 */
export async function installBrowserWallet(page: Page, options: BrowserWalletOptions): Promise<BrowserWallet> {
  const { rpcUrl, name = "Test Wallet" } = options;
  const rdns = `test.${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const first = privateKeyToAccount(options.privateKey);
  const client = createWalletClient({ transport: http(rpcUrl) });
  let account = first;
  let { chainId } = options;
  const asked: string[] = [];
  let rejecting = false;
  let isAllowed = false;

  async function answer({ method, params = [] }: Request): Promise<unknown> {
    if (ASKS.has(method)) {
      asked.push(method);
      if (rejecting) {
        rejecting = false;
        throw Object.assign(new Error("User rejected the request."), { code: 4001 });
      }
    }
    switch (method) {
      // As real wallets do: no account is told before its owner agreed.
      case "eth_accounts":
        return isAllowed ? [account.address] : [];
      case "eth_requestAccounts":
        isAllowed = true;
        return [account.address];
      case "wallet_requestPermissions":
        isAllowed = true;
        return [{ parentCapability: "eth_accounts" }];
      case "wallet_getPermissions":
        return isAllowed ? [{ parentCapability: "eth_accounts" }] : [];
      case "wallet_revokePermissions":
        isAllowed = false;
        return null;
      case "wallet_switchEthereumChain":
        await goTo(Number((params[0] as { chainId: Hex }).chainId));
        return null;
      case "wallet_addEthereumChain":
        return null;
      case "eth_chainId":
        return `0x${chainId.toString(16)}`;
      case "personal_sign":
        return account.signMessage({ message: { raw: params[0] as Hex } });
      case "eth_signTypedData_v4":
        return account.signTypedData(JSON.parse(params[1] as string));
      case "eth_sendTransaction": {
        const { to, data, value } = params[0] as { to?: Hex; data?: Hex; value?: Hex };
        const request = {
          account,
          chain: null,
          ...(to && { to }),
          ...(data && { data }),
          ...(value && { value: BigInt(value) }),
        };
        return client.sendTransaction(request as Parameters<typeof client.sendTransaction>[0]);
      }
      default:
        return client.request({ method, params } as Parameters<typeof client.request>[0]);
    }
  }

  const tell = (event: string, value: unknown) =>
    page.evaluate((detail) => window.dispatchEvent(new CustomEvent("coindropTestWallet", { detail })), {
      event,
      value,
    });

  async function goTo(next: number): Promise<void> {
    chainId = next;
    await tell("chainChanged", `0x${next.toString(16)}`);
  }

  await page.exposeFunction("coindropTestWallet", async (request: Request) => {
    try {
      return { result: await answer(request) };
    } catch (error) {
      const { code = -32603, message } = error as { code?: number; message: string };
      return { error: { code, message } };
    }
  });
  await page.addInitScript(announce, { name, rdns });

  return {
    address: first.address,
    name,
    rdns,
    asked,
    rejectNext: () => {
      rejecting = true;
    },
    goTo,
    become: async (privateKey) => {
      account = privateKeyToAccount(privateKey);
      await tell("accountsChanged", [account.address]);
    },
  };
}

/** Runs in the page. */
function announce({ name, rdns }: { name: string; rdns: string }): void {
  type Answer = { result?: unknown; error?: { code: number; message: string } };
  const ask = (request: unknown) =>
    (window as unknown as { coindropTestWallet: (request: unknown) => Promise<Answer> }).coindropTestWallet(request);
  let listeners: { event: string; listener: (value: unknown) => void }[] = [];
  const provider = {
    request: async (request: unknown) => {
      const { result, error } = await ask(request);
      if (error) throw Object.assign(new Error(error.message), { code: error.code });
      return result;
    },
    on: (event: string, listener: (value: unknown) => void) => {
      listeners.push({ event, listener });
      return provider;
    },
    removeListener: (event: string, listener: (value: unknown) => void) => {
      listeners = listeners.filter((one) => one.event !== event || one.listener !== listener);
      return provider;
    },
  };
  window.addEventListener("coindropTestWallet", (told) => {
    const { event, value } = (told as CustomEvent<{ event: string; value: unknown }>).detail;
    for (const one of listeners) if (one.event === event) one.listener(value);
  });
  const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E";
  const info = { uuid: crypto.randomUUID(), name, rdns, icon };
  const tell = () =>
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
  window.addEventListener("eip6963:requestProvider", tell);
  tell();
}
