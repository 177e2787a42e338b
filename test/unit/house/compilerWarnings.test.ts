import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { root } from "../../../scripts/tool/root.ts";

/** `leave` may become a keyword; our node registry is pinned to a compiler for which it is none. */
const ACCEPTED = ["6335"];

const Output = z.object({
  output: z.object({
    errors: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          message: z.string(),
          sourceLocation: z.object({ file: z.string() }).optional(),
        }),
      )
      .optional(),
  }),
});

test("the compiler has nothing to say against the contracts", () => {
  const files = globSync("artifacts/build-info/*.output.json", { cwd: root });
  expect(files.length).toBeGreaterThan(0);
  const said = files
    .flatMap((file) => Output.parse(JSON.parse(readFileSync(join(root, file), "utf8"))).output.errors ?? [])
    .filter(({ sourceLocation }) => sourceLocation?.file.startsWith("project/contracts/") === true)
    .filter(({ errorCode }) => errorCode === undefined || !ACCEPTED.includes(errorCode))
    .map(({ sourceLocation, message }) => `${sourceLocation?.file}: ${message}`);
  expect(said).toEqual([]);
});
