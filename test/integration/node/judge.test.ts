import { join } from "node:path";
import { expect, test } from "vitest";
import { openJudge } from "../../../inference-node/audit/openJudge.ts";
import { descendantsOf, processesOf } from "../../support/processesOf.ts";
import { root } from "../../support/realHouse.ts";

/** The process in which an audit opens a stranger's model. */

const options = {
  modelPath: join(root, "scripts/demo/models/haiku.gguf"),
  adapterPaths: [],
  contextSize: 256,
  batchSize: 256,
  threads: 1,
};

test("it is told no key of this one's environment", async () => {
  process.env["COINDROP_NODE_KEY"] = "0xsecret-of-the-judge-test";
  const judge = await openJudge(options);
  try {
    const children = descendantsOf(process.pid);
    expect(children.length).toBeGreaterThan(0);
    expect(processesOf("0xsecret-of-the-judge-test").filter(({ pid }) => children.includes(pid))).toEqual([]);
  } finally {
    judge.close();
    delete process.env["COINDROP_NODE_KEY"];
  }
});

test("it is killed when it takes too long, which is said", async () => {
  const limits = { loadMs: 1, tokenMs: 1, callMs: 1 };
  await expect(openJudge(options, undefined, limits)).rejects.toThrow("more than 0.001 s");
});

test("a backend that is not carried is refused with those that are", async () => {
  await expect(openJudge(options, "pentium")).rejects.toThrow("There is no CPU backend pentium here.");
});
