import { z } from "zod";
import { RetryableError, shortMessageOf } from "#protocol/errors.ts";

const readinessSchema = z.object({
  ready: z.boolean(),
  chain: z.object({ reachable: z.boolean(), block: z.number().nullable() }),
  entries: z.array(z.object({ id: z.string(), state: z.string(), detail: z.string().nullable() })),
});

/** Says how a running node is. `url`: its base URL. Returns whether it is ready. */
export async function statusCommand(url: string): Promise<boolean> {
  const readiness = await ask(url);
  const { reachable, block } = readiness.chain;
  const chain = reachable
    ? `read up to block ${block}`
    : `does not answer${block === null ? "" : `, was read up to block ${block}`}`;
  const lines = [
    `${url} ${readiness.ready ? "is ready" : "is not ready"}`,
    `chain    ${chain}`,
    ...readiness.entries.map(
      ({ id, state, detail }) => `${state.padEnd(12)} ${id}${detail === null ? "" : `\n  ${detail}`}`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return readiness.ready;
}

async function ask(url: string): Promise<z.infer<typeof readinessSchema>> {
  try {
    const answer = await fetch(new URL("/ready", url), { signal: AbortSignal.timeout(10_000) });
    return readinessSchema.parse(await answer.json());
  } catch (error) {
    throw new RetryableError(`No node answers at ${url}.`, { metaMessages: [shortMessageOf(error)], cause: error });
  }
}
