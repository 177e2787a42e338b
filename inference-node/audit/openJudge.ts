import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BaseError, InvalidInputError } from "#protocol/errors.ts";
import { childEnvironment } from "../engine/childEnvironment.ts";
import type { OnlyBackend } from "./cpuBackends.ts";
import { onlyBackend } from "./cpuBackends.ts";
import type { FromJudge, JudgeOptions, ToJudge } from "./judgeProtocol.ts";
import { fromJudgeSchema } from "./judgeProtocol.ts";

/** The model could not be loaded or would not judge. */
export class JudgeError extends BaseError {
  override readonly name = "JudgeError";
}

export type Judge = {
  readonly llamaCpp: string;
  readonly variant: string;
  /** Tokens that prompt and answer may hold together. */
  readonly contextSize: number;
  /** What the model itself says at each place of an answer. Throws `JudgeError` for tokens that are none of its own. */
  readonly judge: (prompt: readonly number[], answer: readonly number[]) => Promise<readonly number[]>;
  readonly close: () => void;
};

export type JudgeLimits = {
  /** Milliseconds from fork to a loaded model. */
  readonly loadMs: number;
  /** Milliseconds for each token of prompt and answer, and for the call. */
  readonly tokenMs: number;
  readonly callMs: number;
};

/** Slow machines read a token in less, and slow disks a model. */
const usualLimits: JudgeLimits = { loadMs: 1_800_000, tokenMs: 2_000, callMs: 60_000 };

/**
 * Opens a model in a process of its own, which gets no keys and a bounded heap, and is killed when it takes too long: the
 * file may be a stranger's. `backend`: which of llama.cpp's CPU backends; the best for this CPU where it is absent.
 *
 * Throws `JudgeError`, and `InvalidInputError` for a backend that is not there or that this CPU cannot run.
 */
export async function openJudge(
  options: JudgeOptions,
  backend?: string,
  limits: JudgeLimits = usualLimits,
): Promise<Judge> {
  const only: OnlyBackend | null = backend === undefined ? null : onlyBackend(backend);
  const child = fork(fileURLToPath(new URL("./judgeChild.ts", import.meta.url)), [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: childEnvironment(),
    execArgv: ["--max-old-space-size=2048", ...(only?.nodeArguments ?? [])],
  });
  let waiting: PromiseWithResolvers<FromJudge> | null = null;
  let gone: string | null = null;
  const end = (why: string): void => {
    gone ??= why;
    only?.remove();
    waiting?.reject(new BaseError(`The process with the audit's model ended (${gone}).`));
  };
  child.on("message", (raw) => waiting?.resolve(fromJudgeSchema.parse(raw)));
  child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  child.on("error", (error) => end(error.message));

  const ask = async (message: ToJudge, milliseconds: number): Promise<FromJudge> => {
    waiting = Promise.withResolvers<FromJudge>();
    const late = setTimeout(() => {
      gone ??= `it took more than ${milliseconds / 1000} s`;
      child.kill("SIGKILL");
    }, milliseconds);
    if (gone === null) child.send(message, (error) => error !== null && end(error.message));
    else end(gone);
    const said = await waiting.promise.finally(() => clearTimeout(late));
    if (said.type === "failed") throw new JudgeError(`The model did not take this: ${said.message}`);
    return said;
  };
  try {
    const said = await ask({ type: "open", options }, limits.loadMs);
    if (said.type !== "opened") throw new JudgeError("The process with the model mixed up its answers.");
    if (backend !== undefined && said.variant !== `cpu ${backend}`) {
      throw new InvalidInputError(`This machine's CPU cannot run the backend ${backend}.`, {
        metaMessages: [`llama.cpp took: ${said.variant}`, "Audit on a machine with a CPU like the node's."],
      });
    }
    return {
      llamaCpp: said.llamaCpp,
      variant: said.variant,
      contextSize: said.contextSize,
      async judge(prompt, answer) {
        const most = limits.callMs + limits.tokenMs * (prompt.length + answer.length);
        const judged = await ask({ type: "judge", prompt, answer }, most);
        if (judged.type !== "judged" || judged.tokens.length !== answer.length)
          throw new JudgeError("The model did not judge each token of the answer.");
        return judged.tokens;
      },
      close: () => void child.kill("SIGKILL"),
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
