import type { Llama } from "node-llama-cpp";
import type { GenerationJob, LoadOptions } from "./childProtocol.ts";
import type { Embedder } from "./embedTexts.ts";
import { createEmbedder } from "./embedTexts.ts";
import type { Generated, GenerationHooks } from "./generate.ts";
import { generate } from "./generate.ts";
import { GenerationError } from "./generationError.ts";
import { createLocalTokens } from "./localTokens.ts";
import type { OpenedVocabulary } from "./openModel.ts";
import { openModel, openVocabulary } from "./openModel.ts";
import { startOwnServer } from "./ownServer.ts";
import type { PromptRenderer } from "./renderPrompt.ts";
import { createPromptRenderer } from "./renderPrompt.ts";
import { createServerTokens } from "./serverTokens.ts";
import { generateUpstream } from "./upstreamChat.ts";

/** What answers for one model file. Whichever it is, prompts are rendered here, from the verified file. */
export type OpenedEngine = OpenedVocabulary & {
  readonly renderer: PromptRenderer;
  readonly answer: (job: GenerationJob, hooks: GenerationHooks) => Promise<Generated>;
  readonly embedder: Embedder;
};

/** Opens the embedded engine, or what stands in for it where the options name an upstream. Throws what it says. */
export async function openEngine(
  llama: Llama,
  options: LoadOptions & { readonly modelPath: string },
): Promise<OpenedEngine> {
  const { upstream } = options;
  if (upstream === undefined) {
    const opened = await openModel(llama, options.modelPath, options);
    const renderer = createPromptRenderer(opened.model);
    const tokens = createLocalTokens(opened);
    return {
      ...opened,
      renderer,
      answer: (job, hooks) => generate(opened, renderer, tokens, job, hooks),
      embedder: createEmbedder(opened, options),
    };
  }

  if (upstream.api !== "own-llama-server" && (options.adapterPaths ?? []).length > 0) {
    throw new Error("the entry has an adapter, which an engine that somebody else started is not known to apply");
  }
  const opened = await openVocabulary(llama, options.modelPath, options);
  const renderer = createPromptRenderer(opened.model);
  const common = { ...opened, renderer, embedder: noEmbedder };
  if (upstream.api === "openai") {
    return { ...common, answer: (job, hooks) => generateUpstream(opened, renderer, upstream, job, hooks) };
  }
  const server =
    upstream.api === "llama-server"
      ? upstream
      : await startOwnServer(upstream.binary, { ...options, contextSize: opened.contextSize });
  const tokens = createServerTokens(server);
  return { ...common, answer: (job, hooks) => generate(opened, renderer, tokens, job, hooks) };
}

const noEmbedder: Embedder = () =>
  Promise.reject(
    new GenerationError("bad_prompt", "This entry's engine makes no vectors: its operator runs an upstream."),
  );
