import type { Llama, LlamaGrammar } from "node-llama-cpp";
import type { AnswerFormat } from "./childProtocol.ts";

/** Compiles what an answer must look like into a grammar. Throws when llama.cpp cannot read it. */
export async function compileFormat(llama: Llama, format: AnswerFormat): Promise<LlamaGrammar> {
  switch (format.type) {
    case "gbnf":
      return await llama.createGrammar({ grammar: format.grammar });
    case "json_schema":
      return await llama.createGrammarForJsonSchema(
        format.schema as Parameters<Llama["createGrammarForJsonSchema"]>[0],
      );
  }
}
