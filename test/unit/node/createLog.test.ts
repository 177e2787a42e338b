import { expect, test } from "vitest";
import { createLog } from "../../../inference-node/cli/createLog.ts";

test("a line of the log tells what happened, and no key that an address holds", () => {
  const lines: string[] = [];
  const log = createLog("info", { forPerson: true, print: (line) => void lines.push(line) });
  log.warn({ entry: 3, detail: "fetch http://u:hush@10.0.0.7/v1/hush failed" }, "at https://rpc.example/v3/hush: no");
  expect(lines.join("")).toMatch(
    /! at https:\/\/rpc\.example\/…: no \(entry 3, detail fetch http:\/\/10\.0\.0\.7\/… failed\)/,
  );
});
