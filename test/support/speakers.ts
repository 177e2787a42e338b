import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const spokenSchema = z.object({
  promptTokens: z.array(z.int()),
  outputTokens: z.array(z.int()),
  llamaCpp: z.string(),
  variant: z.string(),
});
export type Spoken = z.infer<typeof spokenSchema>;

/**
 * Has a model answer questions greedily, with the engine that nodes use, in a process of its own. `nodeArguments`:
 * those of `onlyVariant`, for another CPU than this one.
 */
export async function speak(
  modelPath: string,
  questions: readonly string[],
  nodeArguments: readonly string[] = [],
): Promise<Spoken[]> {
  const script = fileURLToPath(new URL("speakerChild.ts", import.meta.url));
  const child = spawn(process.execPath, [...nodeArguments, script, modelPath], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  const lines = (await text(child.stdout)).trimEnd().split("\n");
  const spoken = lines.filter((line) => line !== "").map((line) => spokenSchema.parse(JSON.parse(line)));
  if (spoken.length !== questions.length) throw new Error(`${spoken.length} of ${questions.length} were answered`);
  return spoken;
}
