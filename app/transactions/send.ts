import type { QueryClient } from "@tanstack/react-query";
import type { Abi, Hex, TransactionReceipt } from "viem";
import { getAccount, getWalletClient } from "wagmi/actions";
import { contestAbi, demoCoinAbi } from "#protocol/abi.ts";
import type { AppConfig } from "#protocol/config.ts";
import { BaseError } from "#protocol/errors.ts";
import * as personhoodAbis from "#protocol/personhoodAbi.ts";
import { chainClient } from "../chain/client.ts";
import { chainNow } from "../data/clock.ts";
import { walletConfig } from "../wallet/walletConfig.ts";
import { words } from "../words/words.ts";
import { explain } from "./explain.ts";
import { settle } from "./settle.ts";
import { beginSteps } from "./steps.ts";
import type { Call, Hands, Transaction } from "./transaction.ts";

/** Whatever a call may run into on its way: errors of the contest, the coin, the adapter. */
const errors: Abi = [...contestAbi, ...demoCoinAbi, ...Object.values(personhoodAbis).flat()].filter(
  ({ type }) => type === "error",
);

type Sending = { readonly config: AppConfig; readonly client: QueryClient; readonly place: string };

/**
 * Sends one act and shows its steps at `place`: tries it without sending, asks the wallet, follows it into a block,
 * patches what is on screen from the receipt, then waits until the indexer has it. Resolves to whether it was confirmed.
 */
export async function send(transaction: Transaction, { config, client, place }: Sending): Promise<boolean> {
  const step = beginSteps(transaction.title, place);
  const chain = chainClient(config);
  const wagmi = walletConfig(config);
  let sent: { hash: Hex; time: number } | null = null;
  let settled = false;

  const account = getAccount(wagmi).address;
  try {
    if (account === undefined) throw new BaseError(words.errors.noWallet);
    const wallet = await getWalletClient(wagmi, { chainId: config.chainId });
    const parameters = (call: Call) => ({
      account,
      address: call.address,
      abi: [...call.abi.filter(({ type }) => type !== "error"), ...errors] as Abi,
      functionName: call.functionName,
      args: call.args,
      ...(call.value === undefined ? {} : { value: call.value }),
    });
    const follow = async (hash: Hex): Promise<TransactionReceipt> => {
      const time = Date.now();
      sent = { hash, time };
      step({ at: "sent", hash, time, replaced: false });
      let emptied = false;
      const receipt = await chain.waitForTransactionReceipt({
        hash,
        timeout: 180_000,
        onReplaced: ({ reason, transaction: next }) => {
          sent = { hash: next.hash, time };
          emptied = reason === "cancelled";
          step({ at: "sent", hash: next.hash, time, replaced: true });
        },
      });
      settled = true;
      if (emptied) throw new BaseError(words.steps.cancelled);
      if (receipt.status === "reverted")
        throw new BaseError(words.steps.reverted, { metaMessages: [`Transaction: ${receipt.transactionHash}`] });
      return receipt;
    };
    const perform = async (call: Call, what: string): Promise<TransactionReceipt> => {
      step({ at: "preparing" });
      await chain.simulateContract(parameters(call));
      step({ at: "signing", what });
      settled = false;
      return follow(await wallet.writeContract({ ...parameters(call), chain: wallet.chain }));
    };
    const hands: Hands = {
      account,
      chainId: config.chainId,
      now: chainNow(),
      read: (call) => chain.readContract(parameters(call)),
      code: () => chain.getCode({ address: account }),
      sign: async (data, what) => {
        step({ at: "signing", what });
        return wallet.signTypedData({ ...data, account } as Parameters<typeof wallet.signTypedData>[0]);
      },
      before: async (call, what) => {
        await perform(call, what);
        sent = null;
      },
    };
    const receipt = await perform(await transaction.call(hands), transaction.title);
    const time = (sent as { time: number } | null)?.time ?? Date.now();
    settle(transaction, { receipt, time, step, config, client });
    return true;
  } catch (error) {
    const known = sent as { hash: Hex } | null;
    if (error instanceof BaseError) {
      step({
        at: "failed",
        sentence: error.shortMessage,
        details: error.message,
        hash: known?.hash ?? null,
        uncertain: false,
      });
      return false;
    }
    const why = explain(error, known !== null && !settled, transaction.amount);
    if (why.kind === "declined") step({ at: "declined" });
    else
      step({
        at: "failed",
        sentence: why.sentence,
        details: why.details,
        hash: known?.hash ?? null,
        uncertain: why.kind === "uncertain",
      });
    return false;
  }
}
