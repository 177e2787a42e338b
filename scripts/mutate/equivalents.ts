/** Mutants of which somebody argued that no test could tell them from the original. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { root } from "../tool/root.ts";
import type { Change } from "./changeOf.ts";

/** `before` and `after`: the lines that differ, as the report shows them; so an item outlives lines that move. */
const Equivalents = z.array(
  z.object({ file: z.string(), before: z.string(), after: z.string(), reason: z.string().min(10) }),
);

/** Why the change makes no difference; `undefined` when nobody says so. Source: test/equivalentMutants.json. */
export function whyEquivalent({ file, before, after }: Change): string | undefined {
  const listed = Equivalents.parse(JSON.parse(readFileSync(join(root, "test/equivalentMutants.json"), "utf8")));
  return listed.find((item) => item.file === file && item.before === before && item.after === after)?.reason;
}
