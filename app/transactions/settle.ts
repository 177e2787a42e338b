import type { QueryClient } from "@tanstack/react-query";
import type { Address, TransactionReceipt } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { keys } from "../data/keys.ts";
import { localTime } from "../parts/when.ts";
import { toast } from "../shell/toasts.ts";
import { words } from "../words/words.ts";
import { patchStakes } from "./patchStakes.ts";
import type { Step } from "./steps.ts";
import { untilIndexed } from "./untilIndexed.ts";

/** What follows once the chain has it: patches what is on screen, tells the news, waits for the indexer. */
export function settle(
  { contest, done }: { readonly contest: Address; readonly done: string },
  {
    receipt,
    time,
    step,
    config,
    client,
  }: {
    readonly receipt: TransactionReceipt;
    /** When it was sent, in milliseconds since 1970. */
    readonly time: number;
    readonly step: (step: Step) => void;
    readonly config: AppConfig;
    readonly client: QueryClient;
  },
): void {
  const block = Number(receipt.blockNumber);
  const confirmed = { hash: receipt.transactionHash, time, block, confirmedAt: Date.now() };
  step({ at: "indexing", ...confirmed });
  patchStakes(client, contest, receipt);
  // Where the steps are on screen they say it already.
  if (document.querySelector(".steps") === null)
    toast("proven", done, words.steps.toastCounted(localTime(Date.now() / 1000)));
  void client.invalidateQueries({ queryKey: ["balance"] });
  void untilIndexed(config, block).then(async (indexed) => {
    step({ at: "indexed", ...confirmed, bySilence: !indexed });
    await client.invalidateQueries({ queryKey: [contest] });
    await client.invalidateQueries({ queryKey: keys.contests });
  });
}
