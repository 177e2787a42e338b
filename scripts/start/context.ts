import path from "node:path";
import { root } from "../tool/root.ts";
import type { Lifetime } from "./lifetime.ts";

/** What every part of the demo needs from the whole. */
export type Context = {
  readonly lifetime: Lifetime;
  /** Tells the person at the terminal something, in a sentence. */
  readonly say: (sentence: string) => void;
  /** Ends everything because it cannot go on, with a sentence. */
  readonly giveUp: (sentence: string) => void;
};

/** Tests name a folder of their own, so that they run beside a demo that somebody is looking at. */
const state = process.env.COINDROP_STATE ?? path.join(root, ".coindrop");

/** Where the demo keeps what it needs while it runs. */
export const folders = {
  state,
  logs: path.join(state, "logs"),
  /** Wiped at each start. */
  demo: path.join(state, "demo"),
  manifests: path.join(state, "demo", "manifests"),
  demoFile: path.join(state, "demo.json"),
  note: path.join(state, "start.json"),
} as const;

export function logOf(name: string): string {
  return path.join(folders.logs, `${name}.log`);
}
