import type { FastifyInstance } from "fastify";
import type { ChallengeProgress } from "../sign/answerChallenges.ts";
import type { SignedAttestation } from "../sign/signAttestation.ts";
import type { Answering } from "./answerChat.ts";
import type { HostedEntry } from "./hostedEntry.ts";
import { findEntry, idOf } from "./hostedEntry.ts";
import { describeNodeApi } from "./openapi.ts";

/** How far a node has come with one entry that it was told to serve. */
export type EntryProgress = { readonly id: string; readonly state: string; readonly detail: string | null };

export type Readiness = {
  /** Whether the chain was read, each entry was tried, and one at least is served. */
  readonly ready: boolean;
  /** Whether the chain answered last time, and up to which finalised block it was read. */
  readonly chain: { readonly reachable: boolean; readonly block: number | null };
  readonly entries: readonly EntryProgress[];
  /** Seconds by which the machine's clock is behind the chain's, or ahead where it is negative; 0 within two minutes. */
  readonly clockSkew?: number;
  /** Block challenges against this node since it started. */
  readonly challenges?: readonly ChallengeProgress[];
};

/** What the node knows about itself now. */
export type NodeView = {
  readonly entries: () => readonly HostedEntry[];
  readonly attestations: () => readonly SignedAttestation[];
  readonly readiness: () => Readiness;
  readonly url: () => string;
};

const keeps =
  "Nothing. Prompts, answers and receipt salts live in memory until you have your answer and are written nowhere: not to disk, not to a log.";

/** What a node says about itself: who it is, what it serves, what it attests, whether it is well. */
export function addInfoRoutes(app: FastifyInstance, { signer, admission }: Answering, view: NodeView): void {
  const cardOf = (entry: HostedEntry) => modelCard(entry, entry.runner.load() + admission.queueOf(entry).waiting());
  app.get("/", () => ({
    name: "Coindrop inference node",
    node: signer.node.toLowerCase(),
    key: signer.key.toLowerCase(),
    chainId: signer.chainId,
    registry: signer.registry.toLowerCase(),
    url: view.url(),
    keepsOfYourPrompts: keeps,
    proves:
      "A receipt proves what this node asserts about an answer, not what it ran. Anyone with the model can re-run it and compare.",
    serves: view.entries().map((entry) => ({ id: idOf(entry), name: entry.manifest.name })),
    routes: "/openapi.json",
  }));

  const description = describeNodeApi();
  app.get("/openapi.json", () => description);

  app.get("/ready", (_request, reply) => {
    const readiness = view.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  app.get("/v1/models", () => ({ object: "list", data: view.entries().map(cardOf) }));

  app.get<{ Params: { "*": string } }>("/v1/models/*", (request) =>
    cardOf(findEntry(view.entries(), request.params["*"])),
  );

  app.get("/v1/attestations", () => ({
    node: signer.node.toLowerCase(),
    chainId: signer.chainId,
    registry: signer.registry.toLowerCase(),
    attestations: view.attestations().map(({ attestation, signature, engine }) => ({
      attestation: {
        ...attestation,
        entryId: attestation.entryId.toString(),
        epoch: attestation.epoch.toString(),
      },
      signature,
      engine,
    })),
  }));
}

/** `waiting`: requests that are answered now or wait. */
function modelCard(entry: HostedEntry, waiting: number) {
  const { facts, manifest, header, runner, engine } = entry;
  return {
    id: idOf(entry),
    object: "model",
    created: entry.hostedAt,
    owned_by: manifest.team,
    // As llama-server has it.
    meta: {
      n_ctx_train: header.contextLength,
      n_embd: header.embeddingLength,
      n_params: Number(header.parameters),
      size: facts.modelSize,
    },
    coindrop: {
      contest: facts.contest,
      entryId: facts.entryId,
      name: manifest.name,
      tagline: manifest.tagline,
      manifestHash: facts.manifestHash,
      modelSha256: facts.modelSha256,
      modelRoot: facts.modelRoot,
      contextSize: engine.contextSize,
      state: runner.state(),
      waiting,
    },
  };
}
