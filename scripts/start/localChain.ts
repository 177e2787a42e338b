import type { Chain, Hex, LocalAccount } from "viem";
import { defineChain, keccak256, stringToBytes, toHex } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { InvalidInputError } from "#protocol/errors.ts";

export const LOCAL_CHAIN_ID = 31337;

/** Public knowledge: whoever knows these words owns the accounts. They hold play money on a chain of one machine. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** Hardhat's first accounts, by what the demo has them do. */
const DEV_ACCOUNT_INDEX = {
  organiser: 0,
  authors: [1, 2, 3, 4, 5],
  operators: [6, 7],
  faucet: 8,
  keeper: 9,
  issuer: 10,
  nodeKeys: [11, 12],
  panel: [14, 15, 16],
  relayer: 13,
} as const;

export type DevAccount = LocalAccount & { readonly privateKey: Hex };

/** Accounts that the local chain gives 10,000 ETH each. */
export function devAccounts() {
  const branch = mnemonicToAccount(MNEMONIC, { path: "m/44'/60'/0'/0" }).getHdKey();
  const at = (index: number): DevAccount => {
    const { privateKey } = branch.deriveChild(index);
    if (privateKey === null) throw new InvalidInputError(`The development account ${index} has no key.`);
    return accountOf(toHex(privateKey));
  };
  const index = DEV_ACCOUNT_INDEX;
  return {
    organiser: at(index.organiser),
    authors: index.authors.map(at),
    operators: index.operators.map(at),
    faucet: at(index.faucet),
    keeper: at(index.keeper),
    issuer: at(index.issuer),
    nodeKeys: index.nodeKeys.map(at),
    panel: index.panel.map(at),
    relayer: at(index.relayer),
  };
}

/** The account of a simulated voter, always the same one for a number. */
export function crowdAccount(number: number): DevAccount {
  return accountOf(keccak256(stringToBytes(`coindrop crowd ${number}`)));
}

export function localChain(rpcUrl: string): Chain {
  return defineChain({
    id: LOCAL_CHAIN_ID,
    name: "Coindrop local",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
}

function accountOf(privateKey: Hex): DevAccount {
  return { ...privateKeyToAccount(privateKey), privateKey };
}
