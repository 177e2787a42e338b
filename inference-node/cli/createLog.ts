import type { FastifyBaseLogger } from "fastify";
import pino from "pino";
import { z } from "zod";
import { withoutSecrets } from "../withoutSecrets.ts";
import type { Terminal } from "./createTerminal.ts";

const warning = 40;
const recordSchema = z.looseObject({ level: z.number(), time: z.string(), msg: z.string().default("") });

/** A log on standard error: lines of JSON for programs, or plain sentences where a person looks at a terminal. */
export function createLog(
  level: string,
  { forPerson, print }: { forPerson: boolean; print: Terminal["print"] },
): FastifyBaseLogger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // A reason comes from anywhere, and may quote an address with a key in it.
    hooks: { streamWrite: (line) => `${JSON.stringify(JSON.parse(line), scrub)}\n` },
  };
  if (!forPerson) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, { write: (line: string) => print(sentenceOf(line)) });
}

function scrub(_name: string, value: unknown): unknown {
  return typeof value === "string" ? withoutSecrets(value) : value;
}

/** A line of the log as a person reads it: time, what happened, and in brackets whatever else was noted. Pure. */
export function sentenceOf(line: string): string {
  const { level, time, msg, ...rest } = recordSchema.parse(JSON.parse(line));
  const noted = Object.entries(rest).flatMap(([name, value]) =>
    typeof value === "object" || value === "" ? [] : [`${name} ${value}`],
  );
  const clock = time.slice(11, 19);
  return `${clock} ${level >= warning ? "! " : ""}${msg}${noted.length === 0 ? "" : ` (${noted.join(", ")})`}`;
}
