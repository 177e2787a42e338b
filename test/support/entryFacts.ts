import type { EntryFacts } from "../../inference-node/models/entryFacts.ts";

/** An entry as a node reads it from the chain; all but its id is the same for each. */
export const entry = (entryId: number): EntryFacts => ({
  contest: "0x00000000000000000000000000000000000c0de5",
  entryId,
  manifestHash: `0x${"01".repeat(32)}`,
  modelSha256: `0x${"02".repeat(32)}`,
  modelRoot: `0x${"03".repeat(32)}`,
  modelSize: 1,
  manifestURI: "https://example.org/x.json",
});
