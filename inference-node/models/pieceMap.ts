import { InvalidInputError } from "#protocol/errors.ts";
import { bareHex, prefixedHex, toBytes32 } from "#protocol/hashing.ts";
import type { ManifestFile } from "#protocol/manifest.ts";
import { rootOfPieceLayer } from "#protocol/piecesRoot.ts";
import { nodeHashing } from "./nodeHashing.ts";
import type { PieceCut } from "./pieceTree.ts";
import { cutIntoPieces } from "./pieceTree.ts";
import type { ModelIdentity } from "./verifyModelFile.ts";

/** What each piece of a file must hash to, proved against the file's pieces root. */
export type PieceMap = PieceCut & { readonly layer: readonly Buffer[] };

/**
 * Proves a manifest's piece layer against the pieces root before anything is checked with it.
 *
 * Throws `InvalidInputError` when the layer is not the root's, or the pieces are not cut as the protocol says.
 */
export function provePieces(
  file: Pick<ManifestFile, "name" | "size" | "piecesRoot" | "pieceLength" | "pieceLayer">,
): PieceMap {
  const cut = cutIntoPieces(file.size);
  if (file.pieceLength !== cut.pieceLength || file.pieceLayer.length !== cut.count) {
    throw new InvalidInputError(`The manifest cuts ${file.name} into other pieces than the protocol does.`, {
      metaMessages: [
        `manifest: ${file.pieceLayer.length} pieces of ${file.pieceLength} bytes`,
        `protocol: ${cut.count} pieces of ${cut.pieceLength} bytes`,
      ],
    });
  }
  const layer = file.pieceLayer.map((digits) => Buffer.from(digits, "hex"));
  const root = bareHex(toBytes32(rootOfPieceLayer(layer, cut.pieceLength, nodeHashing.sha256)));
  if (root !== file.piecesRoot) {
    throw new InvalidInputError(`The piece hashes of ${file.name} in the manifest are not those of its pieces root.`, {
      metaMessages: [`root of the hashes: ${root}`, `pieces root named: ${file.piecesRoot}`],
    });
  }
  return { ...cut, layer };
}

/** What a manifest says a file is, in the chain's words. */
export function identityOf(file: Pick<ManifestFile, "size" | "sha256" | "piecesRoot">): ModelIdentity {
  return { modelSize: file.size, modelSha256: prefixedHex(file.sha256), modelRoot: prefixedHex(file.piecesRoot) };
}
