import { createWalletClient, type EIP1193Provider, type Hex, hexToBigInt, http, numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { AppConfig } from "#protocol/config.ts";
import { chainOf } from "../chain/client.ts";
import { throwawayKey } from "./throwawayKey.ts";

type Asked = { readonly method: string; readonly params?: readonly unknown[] };
type SentTransaction = { readonly to?: Hex; readonly data?: Hex; readonly value?: Hex; readonly gas?: Hex };

/**
 * A wallet inside the page, for the local demo only: signs with the throw-away key and passes everything else on to the
 * chain's endpoint. It asks nobody, since its coins are worth nothing.
 */
export function createThrowawayProvider(config: AppConfig) {
  const account = privateKeyToAccount(throwawayKey());
  const client = createWalletClient({ account, chain: chainOf(config), transport: http(config.rpcUrl) });

  const request = async ({ method, params = [] }: Asked): Promise<unknown> => {
    switch (method) {
      case "eth_accounts":
      case "eth_requestAccounts":
        return [account.address];
      case "eth_chainId":
        return numberToHex(config.chainId);
      case "wallet_switchEthereumChain":
      case "wallet_addEthereumChain":
        return null;
      case "wallet_requestPermissions":
      case "wallet_getPermissions":
        return [{ parentCapability: "eth_accounts" }];
      case "eth_sendTransaction": {
        const { to, data, value, gas } = params[0] as SentTransaction;
        return client.sendTransaction({
          ...(to === undefined ? {} : { to }),
          ...(data === undefined ? {} : { data }),
          ...(value === undefined ? {} : { value: hexToBigInt(value) }),
          ...(gas === undefined ? {} : { gas: hexToBigInt(gas) }),
        });
      }
      case "personal_sign":
        return account.signMessage({ message: { raw: params[0] as Hex } });
      case "eth_signTypedData_v4":
        return account.signTypedData(JSON.parse(params[1] as string));
      default:
        return client.request({ method, params } as Parameters<typeof client.request>[0]);
    }
  };
  // It never changes account or chain by itself, so there is nothing to listen for.
  const provider = { request, on: () => provider, removeListener: () => provider };
  return { address: account.address, provider: provider as unknown as EIP1193Provider };
}
