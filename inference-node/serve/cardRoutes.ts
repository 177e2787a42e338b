import type { FastifyInstance } from "fastify";
import { bareHex } from "#protocol/hashing.ts";
import type { ModelCard } from "#protocol/modelCard.ts";
import { residentMemory } from "../engine/residentMemory.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";
import type { Costs } from "./modelCost.ts";
import { costOfTokens } from "./modelCost.ts";

type Named = { Params: { contest: string; entryId: string } };

/** `GET /v1/entries/<contest>/<entryId>/card`: what a model is, how it does here, and what it costs. */
export function addCardRoutes(app: FastifyInstance, entries: () => readonly HostedEntry[], costs?: Costs): void {
  app.get<Named>("/v1/entries/:contest/:entryId/card", ({ params }) =>
    cardOf(findEntry(entries(), `${params.contest}/${params.entryId}`), costs),
  );
}

async function cardOf(entry: HostedEntry, costs: Costs | undefined): Promise<ModelCard> {
  const { facts, manifest, engine, runner } = entry;
  const measured = entry.meter.measured();
  const pid = runner.pid();
  return {
    id: idOf(entry),
    name: manifest.name,
    parameters: manifest.parameters,
    quantization: manifest.quantization,
    license: manifest.license,
    modelSha256: bareHex(facts.modelSha256),
    fileBytes: facts.modelSize,
    contextSize: engine.contextSize,
    hardware: engine.variant,
    memoryBytes: pid === undefined ? null : await residentMemory(pid),
    measured,
    cost: costs === undefined || measured === null ? null : costOfTokens(costs, measured.tokensPerSecond),
  };
}
