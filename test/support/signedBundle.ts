import { randomBytes } from "node:crypto";
import type { Account } from "viem";
import type { LocalAccount } from "viem/accounts";
import type { SavedBundle } from "../../inference-node/audit/savedBundle.ts";
import type { EntryFacts } from "../../inference-node/models/entryFacts.ts";
import { createSigner } from "../../inference-node/sign/createSigner.ts";
import { signAnswer } from "../../inference-node/sign/signAnswer.ts";
import type { Spoken } from "./speakers.ts";

const law = { chainId: 31_337, registry: `0x${"0e".repeat(20)}` } as const;

/** The bundle that a node sends with an answer that was spoken by whatever model, as about `entry`. */
export async function signedBundle(
  entry: EntryFacts,
  account: LocalAccount & Account,
  spoken: Spoken,
  temperature = 0,
): Promise<SavedBundle> {
  const { llamaCpp, variant, promptTokens, outputTokens } = spoken;
  const bundle = await signAnswer(
    createSigner({ account, node: account.address, ...law }),
    {
      entry,
      engine: { llamaCpp, variant, contextSize: 512, batchSize: 512, flashAttention: false, kvType: "f16" },
      client: `0x${"00".repeat(20)}`,
      params: { temperature, topP: 1, topK: 0, minP: 0, repeatPenalty: 1 },
      seed: 1,
      promptTokens,
      outputTokens,
      firstTokenMs: 1,
      totalMs: 2,
      endedAt: Date.now() / 1000,
    },
    randomBytes,
  );
  return { ...bundle, ...law };
}
