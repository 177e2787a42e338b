import { randomBytes } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { shortMessageOf } from "#protocol/errors.ts";
import type { NodeChain } from "./chain/nodeChain.ts";
import { probeEngine } from "./engine/probeEngine.ts";
import { createApp } from "./serve/createApp.ts";
import { createHost } from "./serve/createHost.ts";
import type { HostingOptions } from "./serve/prepareEntry.ts";
import { prepareEntry } from "./serve/prepareEntry.ts";
import { createAttester } from "./sign/createAttester.ts";
import type { Signer } from "./sign/createSigner.ts";

export type NodeOptions = HostingOptions & {
  readonly chain: NodeChain;
  readonly signer: Signer;
  /** Which entries to serve; every live one when null. */
  readonly wanted: readonly number[] | null;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether models are loaded before anybody asks, one after the other. */
  readonly warmUp: boolean;
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

export type InferenceNode = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Starts a node: the HTTP API first, then what it serves, as the chain and the model files allow.
 *
 * Nothing that happens to the chain or to a model ends it. Throws only when it cannot listen.
 */
export async function createNode(options: NodeOptions): Promise<InferenceNode> {
  const { chain, signer, logger } = options;
  const now = options.now ?? Date.now;
  const stop = new AbortController();
  const { signal } = stop;
  let url = "";

  let engine: ReturnType<typeof probeEngine> | undefined;
  const build = () => {
    engine ??= probeEngine(options.gpu);
    engine.catch(() => (engine = undefined));
    return engine;
  };

  const host = createHost({
    chain,
    wanted: options.wanted,
    prepare: (facts, onLost) => prepareEntry(facts, options, { build, logger, signal, now, onLost }),
    pollMs: options.pollMs,
    logger,
    signal,
    now,
    onChange: () => {
      attester.nudge();
      void warmUp();
    },
  });
  const attester = createAttester({
    signer,
    chain,
    served: host.intact,
    now,
    signal,
    log: { info: (line) => logger.info(line), warn: (line) => logger.warn(line) },
  });

  let warming = false;
  const warmUp = async (): Promise<void> => {
    if (!options.warmUp || warming) return;
    warming = true;
    for (let next = asleep(); next !== undefined && !signal.aborted; next = asleep()) {
      await next.runner.wake().catch((error: unknown) => logger.warn(`a model did not load: ${shortMessageOf(error)}`));
    }
    warming = false;
  };
  const asleep = () => host.entries().find(({ runner }) => runner.state() === "asleep");

  const app = await createApp({
    answering: { signer, random: randomBytes, now },
    view: { entries: host.entries, attestations: attester.attestations, readiness: host.readiness, url: () => url },
    logger,
  });
  url = await app.listen({ host: options.host, port: options.port });
  const running = Promise.all([host.run(), attester.run()]);

  return {
    url,
    async close() {
      stop.abort(new Error("the node is shutting down"));
      await app.close();
      await host.close();
      await running;
    },
  };
}
