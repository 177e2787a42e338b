/** The process that holds an audit's model: a file from a stranger may crash it, and nothing else. */
import type { Token } from "node-llama-cpp";
import type { OpenedModel } from "../engine/openModel.ts";
import { openLlama, openModel } from "../engine/openModel.ts";
import { watchParent } from "../engine/orphanWatch.ts";
import type { FromJudge, JudgeOptions, ToJudge } from "./judgeProtocol.ts";

watchParent();

let opened: OpenedModel | null = null;

async function open(options: JudgeOptions): Promise<FromJudge> {
  const load = { ...options, gpu: false } as const;
  const { llama, engine } = await openLlama(load);
  opened = await openModel(llama, options.modelPath, load);
  return { type: "opened", ...engine, contextSize: opened.contextSize };
}

/** Teacher forcing: one evaluation of prompt and answer, without sampling. */
async function judge(prompt: readonly number[], answer: readonly number[]): Promise<FromJudge> {
  const sequence = opened?.sequences[0];
  if (sequence === undefined) throw new Error("no model is open");
  await sequence.clearHistory();
  const tokens = [...prompt, ...answer.slice(0, -1)] as Token[];
  const results = await sequence.controlledEvaluate(
    tokens.map((token, index) =>
      index < prompt.length - 1 ? token : [token, { generateNext: { token: true, options: { temperature: 0 } } }],
    ),
  );
  return { type: "judged", tokens: results.flatMap((result) => result?.next.token ?? []) };
}

process.on("message", async (message: ToJudge) => {
  const work = message.type === "open" ? open(message.options) : judge(message.prompt, message.answer);
  const said = await work.catch(
    (error: unknown): FromJudge => ({
      type: "failed",
      message: error instanceof Error ? error.message : String(error),
    }),
  );
  process.send?.(said);
});
process.on("SIGINT", () => undefined);
