import { styleText } from "node:util";
import type { House } from "./openHouse.ts";
import type { StartOptions } from "./startOptions.ts";

/** What a newcomer reads once everything runs. */
export function printWelcome({ demoFile, demo }: House, options: StartOptions, seconds: number): string {
  const bold = (text: string) => styleText("bold", text);
  const dim = (text: string) => styleText("dim", text);
  const { appUrl, indexerUrl, rpcUrl, nodes, contest, entries, nodeRegistry } = demoFile;
  const row = (label: string, text: string) => `  ${dim(label.padEnd(9))} ${text}`;
  return [
    "",
    `  ${bold("Coindrop is running")} ${dim(`(ready in ${seconds.toFixed(0)} s)`)}`,
    "",
    row("open", styleText(["bold", "cyan"], appUrl)),
    "",
    row("try", `chat with one of the ${entries.length} models, take a throw-away wallet, drop a coin on it`),
    row("recount", `npm run audit   ${dim("or, as an outsider would:")}`),
    row("", `npm run audit -- --rpc ${rpcUrl} --indexer ${indexerUrl} \\`),
    row("", `  --contest ${contest}`),
    row("serve", `npm run node -- init --rpc ${rpcUrl} \\`),
    row("", `  --contest ${contest} --node-registry ${nodeRegistry}`),
    "",
    row("voting", votingWords(demo.rules, options)),
    row("chain", `${rpcUrl} ${dim(`(id ${demoFile.chainId}, play money only)`)}`),
    row("indexer", indexerUrl),
    row("nodes", nodes.map(({ url }) => url).join("  ")),
    row("stop", "Ctrl-C; the chain and all that is on it end with it"),
    "",
  ].join("\n");
}

function votingWords(rules: House["demo"]["rules"], { fast, crowd }: StartOptions): string {
  const at = (seconds: number) => new Date(seconds * 1_000).toLocaleTimeString("en-GB");
  const on = (seconds: number) =>
    new Date(seconds * 1_000).toLocaleString("en-GB", {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
  if (fast) {
    return `opens ${at(rules.votesOpen)}, counts from ${at(rules.countFrom)}, closes ${at(rules.votesClose)}; then counted and paid at once`;
  }
  return `open until ${on(rules.votesClose)}; the last three days count${crowd ? "; a crowd of 30 is at it" : ""}`;
}
