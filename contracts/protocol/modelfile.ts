import { InvalidInputError } from "./errors.ts";

/**
 * Ollama's Modelfile as data. Source: ollama's docs/modelfile.md and parser/parser.go; values know no escapes, text over
 * several lines stands between three quotation marks.
 */
export type Modelfile = {
  /** A file, a blob of Ollama's, or the name of a model. */
  readonly from: string;
  readonly adapters: readonly string[];
  /** Name in lower case, value as written. A name may come more than once (`stop`). */
  readonly parameters: readonly ModelfileParameter[];
  /** In Go's template language. */
  readonly template: string | null;
  readonly system: string | null;
  readonly messages: readonly ModelfileMessage[];
  readonly licenses: readonly string[];
};

export type ModelfileParameter = { readonly name: string; readonly value: string };
export type ModelfileMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

type Command = { readonly name: string; readonly value: string; readonly line: number };

/** Characters of a Modelfile that are read. */
const MOST_CHARACTERS = 1_048_576;
const ROLES = ["system", "user", "assistant"] as const;
/** Known to Ollama, of no consequence for an entry. */
const IGNORED = new Set(["renderer", "parser", "requires"]);

/** Reads a Modelfile. Of TEMPLATE and SYSTEM the last one counts. Throws `InvalidInputError` that names the line. */
export function parseModelfile(text: string): Modelfile {
  if (text.length > MOST_CHARACTERS)
    throw new InvalidInputError(`A Modelfile has at most ${MOST_CHARACTERS} characters; this one has ${text.length}.`);
  const commands = splitCommands(text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n"));
  const last = (name: string): string | null => commands.findLast((each) => each.name === name)?.value ?? null;
  const all = (name: string): Command[] => commands.filter((each) => each.name === name);
  const from = last("from");
  if (from === null || from === "") throw new InvalidInputError("This Modelfile has no FROM, which names the model.");
  return {
    from,
    adapters: all("adapter").map(({ value }) => value),
    parameters: all("parameter").map(readParameter),
    template: last("template"),
    system: last("system"),
    messages: all("message").map(readMessage),
    licenses: all("license").map(({ value }) => value),
  };
}

function splitCommands(text: string): Command[] {
  const known = new Set(["from", "adapter", "parameter", "template", "system", "message", "license", ...IGNORED]);
  const lines = text.split("\n");
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = (lines[at] ?? "").trim();
    if (first === "" || first.startsWith("#")) continue;
    const begin = at;
    const [word = ""] = first.split(/\s/, 1);
    const name = word.toLowerCase();
    if (!known.has(name)) throw wrong(begin, `"${word.slice(0, 40)}" is no command of a Modelfile`);
    // PARAMETER and MESSAGE have a word before the value, and only the value may be quoted.
    const head = name === "parameter" || name === "message" ? /^\S+\s+(?:\S+\s*)?/ : /^\S+\s*/;
    const prefix = head.exec(first)?.[0] ?? "";
    let raw = first.slice(prefix.length);
    while (unquote(raw) === undefined) {
      at += 1;
      if (at >= lines.length) throw wrong(begin, "its quotation mark is never closed");
      raw = `${raw}\n${lines[at]}`;
    }
    const before = prefix.trim().slice(word.length).trim();
    const value = unquote(raw) ?? "";
    commands.push({ name, value: before === "" ? value : `${before} ${value}`, line: begin });
  }
  return commands;
}

/** Undefined while a quotation mark is open. */
function unquote(raw: string): string | undefined {
  const text = raw.trim();
  for (const mark of ['"""', '"']) {
    if (!text.startsWith(mark)) continue;
    return text.length >= 2 * mark.length && text.endsWith(mark) ? text.slice(mark.length, -mark.length) : undefined;
  }
  return text;
}

function readParameter({ value, line }: Command): ModelfileParameter {
  const at = value.search(/\s/);
  if (at === -1 || at + 1 === value.length) throw wrong(line, `PARAMETER ${value.trim()} has no value`);
  return { name: value.slice(0, at).toLowerCase(), value: value.slice(at + 1) };
}

function readMessage({ value, line }: Command): ModelfileMessage {
  const [word = ""] = value.split(/\s/, 1);
  const role = ROLES.find((each) => each === word.toLowerCase());
  if (role === undefined) throw wrong(line, `MESSAGE is said by ${ROLES.join(", ")}; not by "${word.slice(0, 40)}"`);
  return { role, content: value.slice(word.length + 1) };
}

function wrong(line: number, why: string): InvalidInputError {
  return new InvalidInputError(`Line ${line + 1} of this Modelfile cannot be read: ${why}.`);
}

/** Writes a Modelfile that `parseModelfile` and Ollama read back. Throws where a text holds three quotation marks. */
export function writeModelfile(modelfile: Modelfile): string {
  const lines = [
    `FROM ${quoted(modelfile.from)}`,
    ...modelfile.adapters.map((adapter) => `ADAPTER ${quoted(adapter)}`),
    ...modelfile.parameters.map(({ name, value }) => `PARAMETER ${name} ${quoted(value)}`),
    ...(modelfile.template === null ? [] : [`TEMPLATE ${quoted(modelfile.template)}`]),
    ...(modelfile.system === null ? [] : [`SYSTEM ${quoted(modelfile.system)}`]),
    ...modelfile.messages.map(({ role, content }) => `MESSAGE ${role} ${quoted(content)}`),
    ...modelfile.licenses.map((license) => `LICENSE ${quoted(license)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  if (text.includes('"""') || /\r/.test(text))
    throw new InvalidInputError(
      'A Modelfile cannot hold a text with """ or a carriage return in it, since it knows no escapes.',
      {
        metaMessages: [`text: ${text.slice(0, 80)}`],
      },
    );
  const isPlain = text !== "" && text === text.trim() && !text.includes("\n") && !text.startsWith('"');
  return isPlain ? text : `"""${text}"""`;
}
