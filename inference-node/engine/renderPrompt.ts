import type { ChatHistoryItem, LlamaModel, Token } from "node-llama-cpp";
import { JinjaTemplateChatWrapper, SpecialToken, SpecialTokensText } from "node-llama-cpp";
import type { ChatMessage } from "./childProtocol.ts";

/** Renders chat messages with a model's own template, and knows which tokens end its turn. */
export type PromptRenderer = {
  readonly render: (messages: readonly ChatMessage[]) => Token[];
  readonly endTokens: ReadonlySet<Token>;
  readonly endTexts: readonly string[];
};

/**
 * Prepares a model's chat template.
 *
 * What people write is tokenised as plain text: a message that spells out a control token does not become one.
 * Throws when the file has no template or a broken one; guessing another would change every answer.
 */
export function createPromptRenderer(model: LlamaModel): PromptRenderer {
  const template = model.fileInfo.metadata.tokenizer.chat_template;
  if (typeof template !== "string" || template.trim() === "") {
    throw new Error("the model file carries no chat template (tokenizer.chat_template)");
  }
  const wrapper = new JinjaTemplateChatWrapper({
    template,
    tokenizer: model.tokenizer,
    joinAdjacentMessagesOfTheSameType: false,
    functionCallMessageTemplate: "noJinja",
  });

  const contextOf = (messages: readonly ChatMessage[]) =>
    wrapper.generateContextState({ chatHistory: [...messages.map(toHistoryItem), { type: "model", response: [""] }] });

  const endTokens = new Set<Token>();
  const endTexts: string[] = [];
  for (const trigger of contextOf([{ role: "user", content: "hello" }]).stopGenerationTriggers) {
    const [only, ...rest] = trigger.values;
    if (only === undefined) continue;
    const special = rest.length === 0 && (only instanceof SpecialToken || only instanceof SpecialTokensText);
    const tokens = special ? only.tokenize(model.tokenizer) : [];
    const [token] = tokens;
    if (token !== undefined && tokens.length === 1) endTokens.add(token);
    else if (!special) endTexts.push(trigger.toString());
  }

  return {
    render: (messages) => contextOf(messages).contextText.tokenize(model.tokenizer),
    endTokens,
    endTexts,
  };
}

function toHistoryItem(message: ChatMessage): ChatHistoryItem {
  switch (message.role) {
    case "system":
      return { type: "system", text: message.content };
    case "user":
      return { type: "user", text: message.content };
    case "assistant":
      return { type: "model", response: [message.content] };
  }
}
