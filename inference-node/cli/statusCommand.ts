import { z } from "zod";
import type { ModelCard } from "#protocol/modelCard.ts";
import { modelCardSchema } from "#protocol/modelCard.ts";
import { bytesInWords } from "../engine/bytesInWords.ts";
import { judgeHealth } from "../serve/health.ts";
import { askNode } from "./askNode.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { say } from "./say.ts";

const readinessSchema = z.object({
  ready: z.boolean(),
  chain: z.object({ reachable: z.boolean(), block: z.number().nullable() }),
  entries: z.array(z.object({ id: z.string(), state: z.string(), detail: z.string().nullable() })),
  clockSkew: z.number().default(0),
  challenges: z
    .array(
      z.object({
        challengeId: z.string(),
        contest: z.string(),
        entryId: z.number(),
        index: z.number(),
        answerBy: z.number(),
        state: z.enum(["open", "answered", "failing"]),
        detail: z.string().nullable(),
      }),
    )
    .default([]),
});

/**
 * Says how a running node is. `url`: its base URL; `own`: the configuration on this machine, where there is one. Returns
 * whether it is ready.
 */
export async function statusCommand(url: string, own: NodeConfig | null, json?: boolean): Promise<boolean> {
  const readiness = readinessSchema.parse(await askNode(url, "/ready", own));
  const cards = await Promise.all(
    readiness.entries.map(async ({ id }) => {
      const card = modelCardSchema.safeParse(await askNode(url, `/v1/entries/${id}/card`, own));
      return card.success ? [card.data] : [];
    }),
  );
  const { state, serving } = judgeHealth(readiness, false);
  const { reachable, block } = readiness.chain;
  const chain = reachable
    ? `read up to block ${block}`
    : `does not answer${block === null ? "" : `, was read up to block ${block}`}`;
  const skew = readiness.clockSkew;
  say(json, { url, ...readiness, cards: cards.flat() }, [
    `${url} is ${serving && readiness.ready ? state : "not ready"}`,
    `chain    ${chain}`,
    ...(skew === 0 ? [] : [`clock    ${Math.abs(skew)} s ${skew > 0 ? "behind" : "ahead of"} the chain's: set it`]),
    ...readiness.challenges.map(
      ({ challengeId, contest, entryId, index, state, detail, answerBy }) =>
        `challenge ${challengeId}: block ${index} of entry ${entryId} of ${contest}, ${state}, due ${new Date(answerBy * 1000).toISOString()}${state === "failing" ? `\n  ${detail}` : ""}`,
    ),
    ...readiness.entries.map(
      ({ id, state, detail }) => `${state.padEnd(12)} ${id}${detail === null ? "" : `\n  ${detail}`}`,
    ),
    ...(cards.flat().length > 0 ? ["", ...tableOf(cards.flat())] : []),
  ]);
  return readiness.ready && serving;
}

function tableOf(cards: readonly ModelCard[]): string[] {
  const head = ["model", "parameters", "quant", "file", "memory", "tokens/s", "first token", "per 1M tokens", "on"];
  const rows = cards.map(({ measured, cost, ...card }) => [
    card.name,
    card.parameters.toLocaleString("en"),
    card.quantization,
    bytesInWords(card.fileBytes),
    card.memoryBytes === null ? "not loaded" : bytesInWords(card.memoryBytes),
    measured === null ? "–" : measured.tokensPerSecond.toFixed(1),
    measured === null ? "–" : `${Math.round(measured.timeToFirstTokenMs)} ms`,
    cost === null ? "–" : `${cost.perMillionTokens.toPrecision(3)} ${cost.currency}`,
    card.hardware,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
