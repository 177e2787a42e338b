import { randomInt } from "node:crypto";
import { InvalidInputError } from "#protocol/errors.ts";
import type { FailingReceipt } from "./checkReceipt.ts";
import type { NodeClient, ServedModel } from "./nodeClient.ts";
import { ordinaryQuestion } from "./ordinaryQuestions.ts";
import type { ReadBundle } from "./readBundles.ts";
import { saveBundle } from "./saveBundle.ts";

export type ProbeOptions = {
  readonly client: NodeClient;
  readonly model: ServedModel;
  readonly modelRoot: string;
  /** Asked in this order before any others. */
  readonly questions: readonly string[];
  readonly maxRequests: number;
  /** Tokens of different answers after which enough was asked. */
  readonly enoughTokens: number;
  readonly file: string;
  readonly onProgress: (tokens: number, of: number) => void;
};

/**
 * Asks a node ordinary questions at temperature 0, saves what comes back, and says which answers are not what was
 * asked for: about another entry, or sampled.
 */
export async function probeNode(options: ProbeOptions): Promise<{ read: ReadBundle[]; failing: FailingReceipt[] }> {
  const { client, model } = options;
  const read: ReadBundle[] = [];
  const failing: FailingReceipt[] = [];
  const seen = new Set<string>();
  let tokens = 0;
  for (let asked = 0; asked < options.maxRequests && tokens < options.enoughTokens; asked++) {
    const question = options.questions[asked] ?? ordinaryQuestion(randomInt);
    if (seen.has(question)) continue;
    seen.add(question);
    const { bundle } = await client.ask(model, question, 0);
    await saveBundle(options.file, bundle);
    const where = `answer ${read.length + 1}`;
    read.push({ where, bundle });
    const faults = [
      [bundle.receipt.manifestHash === model.manifestHash, "entry: another one was asked"],
      [bundle.receipt.modelRoot === options.modelRoot, "model: another file than the entry's"],
      [bundle.params.temperature === 0, "sampling: temperature 0 was asked for"],
    ] as const;
    const found = faults.flatMap(([holds, fault]) => (holds ? [] : [fault]));
    if (found.length > 0) failing.push({ where, faults: found });
    tokens += bundle.outputTokens.length;
    options.onProgress(Math.min(tokens, options.enoughTokens), options.enoughTokens);
  }
  if (read.length === 0) throw new InvalidInputError("Nothing was asked; allow one request at least.");
  return { read, failing };
}
