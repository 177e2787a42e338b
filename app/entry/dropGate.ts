import type { Phase } from "#protocol/rules.ts";
import { words } from "../words/words.ts";

export type Act = "drop" | "withdraw" | "move";

export type Gate =
  | { readonly state: "connect"; readonly label: string }
  | { readonly state: "switch"; readonly label: string }
  | { readonly state: "ready"; readonly label: string }
  /** The button is dashed and its label says why; `error` is a sentence at the amount. */
  | { readonly state: "blocked"; readonly label: string; readonly error: string | null };

export type GateFacts = {
  readonly act: Act;
  readonly phase: Phase;
  readonly live: boolean;
  readonly connected: boolean;
  readonly rightChain: boolean;
  readonly chain: string;
  readonly symbol: string;
  /** Wei; null when what was typed is no amount, `ambiguous` when it could be two, undefined when nothing was typed. */
  readonly amount: bigint | "ambiguous" | null | undefined;
  /** Wei in the wallet; undefined until known. */
  readonly balance: bigint | undefined;
  /** Wei of this voter on this entry. */
  readonly here: bigint;
  /** Wei that may still be counted here; null where there is no cap. */
  readonly room: bigint | null;
  readonly cap: string;
  readonly target: string | null;
  readonly busy: boolean;
  readonly votesOpen: string;
  readonly format: (wei: bigint) => string;
};

/** What the panel's one button says and does. The first reason against it wins. */
export function dropGate(facts: GateFacts): Gate {
  const { act, phase, symbol, chain, amount, balance, here, format } = facts;
  const said = words.drop;
  const blocked = (label: string, error: string | null = null): Gate => ({ state: "blocked", label, error });

  if (act === "drop" && !facts.live) return blocked(said.closedEntry);
  if (act !== "withdraw" && (phase === "upcoming" || phase === "entry")) return blocked(said.notOpen(facts.votesOpen));
  if (act !== "withdraw" && (phase === "counting" || phase === "final")) return blocked(said.closed);
  if (!facts.connected) return { state: "connect", label: act === "drop" ? said.connect : said.connectBack };
  if (!facts.rightChain) return { state: "switch", label: said.switchTo(chain) };
  if (act !== "drop" && here === 0n) return blocked(said.nothingHere);
  if (facts.busy) return blocked(said.busy);
  if (amount === null) return blocked(said.notANumber, said.error.notANumber);
  if (amount === "ambiguous") return blocked(said.notANumber, said.error.ambiguous);
  if (amount === undefined || amount === 0n) return blocked(said.noAmount);
  if (act === "drop" && balance !== undefined && amount > balance) {
    return blocked(
      said.tooMany(format(balance), symbol, chain),
      said.error.tooMany(format(amount - balance), format(balance), symbol, chain),
    );
  }
  if (act !== "drop" && amount > here)
    return blocked(said.notHere(format(here), symbol), said.error.notHere(format(here), symbol));
  if (act === "drop" && facts.room !== null && amount > facts.room) {
    return blocked(said.overCap(facts.cap), said.error.overCap(format(amount - facts.room), facts.cap));
  }
  if (act === "move" && facts.target === null) return blocked(said.noTarget);
  const written = format(amount);
  if (act === "withdraw") return { state: "ready", label: said.submitBack(written, symbol) };
  if (act === "move") return { state: "ready", label: said.submitMove(written, symbol, facts.target ?? "") };
  return { state: "ready", label: said.submit(written, symbol) };
}
