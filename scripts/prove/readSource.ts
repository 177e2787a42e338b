/** Solidity sources as the model checker can read them. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../tool/root.ts";

/** OpenZeppelin's mathematics, of which the proofs use nothing; its loops would make every question 30 times as long. */
const MATH = "@openzeppelin/contracts/utils/math/Math.sol";
const NO_MATH =
  "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\nlibrary Math { function sqrt(uint256) internal pure returns (uint256) { revert(); } }\n";

const require = createRequire(import.meta.url);

/**
 * Text of `file`, a path from the house's folder or of a package. The model checker takes `revert Error(…)` for a statement
 * that does nothing (its warning 8364), so reverts are read without their errors: what can be proved is the same.
 */
export function readSource(file: string): string {
  if (file === MATH) return NO_MATH;
  const text = readFileSync(file.startsWith("@") ? require.resolve(file) : join(root, file), "utf8");
  return text.replace(/\brevert\s+[\w.]+\((?:[^()]|\([^()]*\))*\);/g, "revert();");
}
