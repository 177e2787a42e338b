import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../../scripts/tool/root.ts";
import type { Contract, Powers } from "./powersWalk.ts";

const START = "<!-- who can do what: written by `UPDATE=1 npm test -- integration powers` -->";
const END = "<!-- end of who can do what -->";
const PHASES = ["Upcoming", "Entry", "Voting", "Counting", "Final"];

/** What cannot be shown by calling from outside, or not with a coin that behaves. */
const NEVER_SEEN: Readonly<Record<string, string>> = {
  "Contest.carryOne": "nobody: the contest calls itself",
  "NodeRegistry.burn": "anyone, once 0x…dEaD refused coins",
};

/** Functions that come from OpenZeppelin, whose prose is not ours. */
const STANDARD: Readonly<Record<string, string>> = {
  transfer: "Sends coins of the caller's (ERC-20).",
  transferFrom: "Sends coins that their owner allowed the caller to send (ERC-20).",
  approve: "Allows an account to send coins of the caller's (ERC-20).",
  permit: "Allows what the owner of the coins signed; anyone carries it (ERC-2612).",
};

/** README's text with the table in its place. */
export function withTable(readme: string, table: string): string {
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < 0) return `${readme.trimEnd()}\n\n${START}\n${table}\n${END}\n`;
  return `${readme.slice(0, from)}${START}\n${table}\n${readme.slice(to)}`;
}

/** A table a contract: what each function does, who was seen to succeed with it, in which phases, and what is emitted. */
export function powersTable(contracts: readonly Contract[], powers: Powers, everybody: readonly string[]): string {
  const roles = [...new Set(everybody)];
  const tables = contracts
    .filter(({ actions }) => actions.length > 0)
    .map(({ name, actions }) => {
      const inPhases = name === "Contest";
      const head = ["Function", "What happens", "Who could", ...(inPhases ? ["Seen in"] : []), "Events"];
      const rows = actions.map((action) => {
        const key = `${name}.${action.name}`;
        const power = powers.get(key);
        const who = NEVER_SEEN[key] ?? listed(roles, power?.roles, "anyone");
        const when = inPhases ? [listed(PHASES, power?.phases, "always")] : [];
        return [
          `\`${action.name}\``,
          noticeOf(name, action.name),
          who,
          ...when,
          [...(power?.events ?? [])].sort().join(", ") || "–",
        ];
      });
      return [`### ${name}`, "", line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
    });
  const views = contracts.filter(({ actions }) => actions.length === 0).map(({ name }) => name);
  return ["", ...tables, `Only views, which change nothing: ${views.join(", ")}.`].join("\n\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function listed(all: readonly string[], some: ReadonlySet<string> | undefined, whole: string): string {
  if (some === undefined) return "–";
  return some.size === all.length ? whole : all.filter((one) => some.has(one)).join(", ");
}

/** The first sentence of the function's `@notice`, from the contract's own interface before all others. */
function noticeOf(contract: string, name: string): string {
  const files = globSync("contracts/**/*.sol", { cwd: root }).sort();
  const near = (file: string) => [`I${contract}.sol`, `${contract}.sol`].includes(basename(file));
  const family =
    contract === "KlerosArbitrator" ? ["IArbitrableV2.sol", "IArbitrator.sol"] : ["IArbitrable.sol", "IArbitrator.sol"];
  const order = [...files.filter(near), ...files.filter((file) => family.includes(basename(file)))];
  for (const file of order) {
    const prose = new RegExp(`((?:^ *///.*\\n)+) *function ${name}\\(`, "m").exec(
      readFileSync(join(root, file), "utf8"),
    )?.[1];
    if (prose === undefined || !prose.includes("@notice")) continue;
    const [, notice = ""] = prose.split("@notice ");
    const text = (notice.split(/\n *\/\/\/ @/)[0] ?? "").replaceAll(/\n *\/\/\/ /g, " ").trim();
    return `${text.split(/\.(?:\s|$)/)[0]}.`;
  }
  const standard = STANDARD[name];
  if (standard === undefined) throw new Error(`${contract}.${name} has no @notice`);
  return standard;
}
