import type { Hex } from "viem";
import { BaseError } from "#protocol/errors.ts";
import { words } from "../words/words.ts";

export type ProverRequest =
  | { readonly ask: "commitment"; readonly secret: string }
  | {
      readonly ask: "proof";
      readonly secret: string;
      /** Leaves of the group's tree. */
      readonly members: readonly bigint[];
      readonly message: bigint;
      readonly scope: bigint;
    };
export type ProverAnswer = { readonly value: string } | { readonly error: string };

/** What a secret shows of itself, in digits. */
export function commitmentOf(secret: string): Promise<string> {
  return ask({ ask: "commitment", secret });
}

/** Makes a Semaphore proof as the contest's adapter takes it, on this computer. Takes seconds. */
export async function proveMembership(request: Omit<Extract<ProverRequest, { ask: "proof" }>, "ask">): Promise<Hex> {
  return (await ask({ ask: "proof", ...request })) as Hex;
}

/** One worker for one request: it goes, and its threads and files with it, when it has answered. */
async function ask(request: ProverRequest): Promise<string> {
  const worker = new Worker(new URL("./prover.worker.ts", import.meta.url), { type: "module" });
  try {
    const answer = await new Promise<ProverAnswer>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<ProverAnswer>) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message ?? "" });
      worker.postMessage(request);
    });
    if ("value" in answer) return answer.value;
    throw new BaseError(words.verify.member.proverFailed, { metaMessages: [`prover: ${answer.error}`] });
  } finally {
    worker.terminate();
  }
}
