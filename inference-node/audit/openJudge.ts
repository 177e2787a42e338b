import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BaseError } from "#protocol/errors.ts";
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

/** Opens a model in a process of its own. Throws `JudgeError`. */
export async function openJudge(options: JudgeOptions): Promise<Judge> {
  const child = fork(fileURLToPath(new URL("./judgeChild.ts", import.meta.url)), [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let waiting: PromiseWithResolvers<FromJudge> | null = null;
  let gone: string | null = null;
  const end = (why: string): void => {
    gone ??= why;
    waiting?.reject(new BaseError(`The process with the audit's model ended (${gone}).`));
  };
  child.on("message", (raw) => waiting?.resolve(fromJudgeSchema.parse(raw)));
  child.on("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  child.on("error", (error) => end(error.message));

  const ask = async (message: ToJudge): Promise<FromJudge> => {
    waiting = Promise.withResolvers<FromJudge>();
    if (gone === null) child.send(message, (error) => error !== null && end(error.message));
    else end(gone);
    const said = await waiting.promise;
    if (said.type === "failed") throw new JudgeError(`The model did not take this: ${said.message}`);
    return said;
  };
  try {
    const said = await ask({ type: "open", options });
    if (said.type !== "opened") throw new JudgeError("The process with the model mixed up its answers.");
    return {
      llamaCpp: said.llamaCpp,
      variant: said.variant,
      contextSize: said.contextSize,
      async judge(prompt, answer) {
        const judged = await ask({ type: "judge", prompt, answer });
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
