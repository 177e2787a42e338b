import { examine } from "../doctor/examine.ts";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { say } from "./say.ts";

const words = { good: "ok  ", care: "note", mend: "MEND" } as const;

/** Says how machine, chain, stake and endpoint are, and what to mend. Returns whether nothing has to be. */
export async function doctorCommand(config: NodeConfig, json?: boolean): Promise<boolean> {
  const findings = (await examine(config)).map(({ detail, ...found }) => ({
    ...found,
    detail: withoutSecrets(detail),
  }));
  const well = findings.every(({ state }) => state !== "mend");
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  say(json, { well, findings }, [
    ...findings.flatMap(({ subject, state, detail, advice }) => [
      `${words[state]}  ${subject.padEnd(width)}  ${detail}`,
      ...(advice === undefined ? [] : [`${" ".repeat(width + 8)}→ ${advice}`]),
    ]),
    well ? "Nothing has to be mended." : "What says MEND has to be mended.",
  ]);
  return well;
}
