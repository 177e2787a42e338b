import type { Address } from "viem";
import { encodeFunctionData, erc20Abi, formatEther, parseEther } from "viem";
import type { Clients } from "../chainClients.ts";
import { send } from "../chainClients.ts";

const ETH = parseEther("1");
const COINS = parseEther("100");

/** Sends newcomers 1 ETH and 100 coins, one after the other: the faucet's account numbers its transactions. */
export function createGifts(clients: Clients, coin: Address) {
  let last: Promise<unknown> = Promise.resolve();
  return (address: Address) => {
    const mine = last.then(async () => {
      await send(clients, { to: address, data: "0x", value: ETH });
      const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [address, COINS] });
      await send(clients, { to: coin, data });
      return { eth: formatEther(ETH), coins: formatEther(COINS) };
    });
    last = mine.catch(() => {});
    return mine;
  };
}
