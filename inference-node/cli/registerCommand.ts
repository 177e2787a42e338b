import type { FastifyBaseLogger } from "fastify";
import { InvalidInputError } from "#protocol/errors.ts";
import { registerNode } from "../chain/registerNode.ts";
import type { NodeConfig } from "./nodeConfig.ts";
import { openNode } from "./openNode.ts";
import { say } from "./say.ts";

/** Registers a node with its stake, endpoint and signing key, or brings an old registration up to date. */
export async function registerCommand(
  config: NodeConfig,
  {
    json,
    logger,
    signal,
  }: { readonly json: boolean | undefined; readonly logger: FastifyBaseLogger; readonly signal: AbortSignal },
): Promise<void> {
  if (config.endpoint === undefined) {
    throw new InvalidInputError("Which address does the world reach this node at?", {
      metaMessages: ["--endpoint URL"],
    });
  }
  const { client, operator, signer } = await openNode(config, null, logger, signal);
  if (operator === null)
    throw new InvalidInputError("Registering needs the operator's key.", { metaMessages: ["--operator-key-env NAME"] });
  const { endpoint, allowOneKey, registerStake: stake = null } = config;
  const done = await registerNode({ client, operator, signer, endpoint, stake, allowOneKey });
  const lines = done.length > 0 ? done : ["nothing to do: the registry knows this node as it is"];
  say(json, { node: signer.node, key: signer.key, endpoint: config.endpoint, done }, lines);
}
