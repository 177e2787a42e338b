import { randomBytes } from "node:crypto";
import { concatHex, type Hex, sha256, toHex } from "viem";
import { createContestLab } from "../support/contestLab.ts";
import { createRegistryLab } from "../support/registryLab.ts";
import type { GasFigures } from "./gasTable.ts";

/** Levels of the tree over 6 GiB, the largest file that contests allow by default, in blocks of 16 KiB. */
const LEVELS = 19;
const SIX_GIB = 6 * 2 ** 30;
const BLOCK_BYTES = 16_384;

export type NodeFigures = Pick<GasFigures, "slashAttestation" | "challengeBlock" | "blockAnswer">;

/** Gas of the calls that hold nodes to their word, on a chain of their own. Random bytes, as models look like. */
export async function measureNodes(): Promise<NodeFigures> {
  const lab = await createContestLab();
  const node = await createRegistryLab(lab);
  const data = toHex(randomBytes(BLOCK_BYTES));
  const path = Array.from({ length: LEVELS }, () => toHex(randomBytes(32)));
  const index = 0b101_0101_0101_0101_0101;
  const modelRoot = rootFrom(data, index, path);
  const entry = await node.submitHashes({ modelSha256: sha256("0x01"), modelRoot }, SIX_GIB);

  // Twice, and the dearer of each: the first writes slots that later ones find written.
  const blockAnswers: number[] = [];
  const challenges: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const { challengeId, gas } = await node.challenge(entry, index);
    challenges.push(gas);
    const { gasUsed } = await lab.chain.write({
      ...node.on(node.challenger),
      functionName: "answerBlock",
      args: [challengeId, data, path],
    });
    blockAnswers.push(gasUsed);
  }
  const { said, signature } = await node.attest(entry, { modelRoot: sha256("0x02") });
  const slash = await lab.chain.write({
    ...node.on(node.challenger),
    functionName: "slashAttestation",
    args: [said, signature, entry.hashes],
  });
  await lab.chain.close();
  return {
    slashAttestation: slash.gasUsed,
    challengeBlock: Math.max(...challenges),
    blockAnswer: Math.max(...blockAnswers),
  };
}

/** Source: BEP 52. */
function rootFrom(data: Hex, index: number, path: readonly Hex[]): Hex {
  return path.reduce(
    (hash, sibling, level) => sha256(concatHex(((index >> level) & 1) === 1 ? [sibling, hash] : [hash, sibling])),
    sha256(data),
  );
}
