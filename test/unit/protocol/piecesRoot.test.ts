import fc from "fast-check";
import { expect, test } from "vitest";
import { bareHex, toBytes32 } from "#protocol/hashing.ts";
import { hashFile, pieceLengthFor, rootOfPieceLayer } from "#protocol/piecesRoot.ts";
import { nodeHashing } from "../../../inference-node/models/nodeHashing.ts";

const hex = (bytes: Uint8Array) => bareHex(toBytes32(bytes));

/** Bytes that differ from block to block. */
function sample(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);
}

// SHA-256 and pieces root from an independent recursive implementation in another language.
const vectors: readonly [number, string, string][] = [
  [
    1,
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  ],
  [
    16383,
    "8f840ef852c1e3ad3096fe9b0ea35bb9577b685033e14b72fabeeb385508cabf",
    "8f840ef852c1e3ad3096fe9b0ea35bb9577b685033e14b72fabeeb385508cabf",
  ],
  [
    16384,
    "83a5ee9c1db0b82ae94961fee75a195f6104c65235c07590569657709c1316e8",
    "83a5ee9c1db0b82ae94961fee75a195f6104c65235c07590569657709c1316e8",
  ],
  [
    16385,
    "88f28089be67c4f00c0eeb4036db09595b29b149e541579d40d4c3d7bc4bfc17",
    "86133d0e4897ec6696772fc802c34ef508d516763aad75b6556d199f77909455",
  ],
  [
    49152,
    "e355778b3ee769b34e4a8c191fb50944e4019d627524d9379165c84204fb51c8",
    "0b004fab011c2b91f2894ec792c1c6b01d63aef994410bd6dd9a3328e3b6d47a",
  ],
  [
    1048576,
    "f6a34d4c79c3d12c297589206bf216b084347471a53ea5e7fe9a46bd1230f098",
    "b780bdbd9cebf2ee4108586a916064ea1dc8a1892503ee8f56f429b5e1d451e9",
  ],
  [
    1048577,
    "3d30e9e3ca4b74ece038aa2662347af9f29084c31b4e9faeab9bb17afa0f6200",
    "2e4ca07f6ee316d2c8bf78fc00c1efc1e0998c9978ed40475c2aace5b84cb5f5",
  ],
  [
    3145733,
    "b79206471f4a95490b801b9fde28e9671720c08395ccc6b15d949f1a9bf41299",
    "aa89f4eb110f8572d6083fa45d0d38b5834dd84f60bb7902fdc9e40fb27187a1",
  ],
];

test.each(vectors)("a file of %i bytes has the SHA-256 and the root of the vectors", async (size, sha256, root) => {
  const hashes = await hashFile([sample(size)], nodeHashing);
  expect(hashes.size).toBe(size);
  expect(hex(hashes.sha256)).toBe(sha256);
  expect(hex(hashes.piecesRoot)).toBe(root);
});

test("the layer of a file a little over three pieces holds four hashes, the last one padded", async () => {
  const { pieceLayer, pieceLength } = await hashFile([sample(3145733)], nodeHashing);
  expect(pieceLength).toBe(1_048_576);
  expect(pieceLayer.map(hex)).toEqual([
    "b780bdbd9cebf2ee4108586a916064ea1dc8a1892503ee8f56f429b5e1d451e9",
    "b780bdbd9cebf2ee4108586a916064ea1dc8a1892503ee8f56f429b5e1d451e9",
    "b780bdbd9cebf2ee4108586a916064ea1dc8a1892503ee8f56f429b5e1d451e9",
    "1ee0c7fc1302d2faeb80313c0eedeef065738ef4cb310b474a18c4479ce673d9",
  ]);
});

test("an empty file has a root of zero bytes", async () => {
  expect(hex((await hashFile([], nodeHashing)).piecesRoot)).toBe("0".repeat(64));
});

test("where a file is cut into chunks changes nothing", async () => {
  const file = sample(100_000);
  const whole = await hashFile([file], nodeHashing);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 99_999 }), { maxLength: 12 }), async (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), file.length];
      const chunks = edges.slice(1).map((end, i) => file.subarray(edges[i], end));
      expect(await hashFile(chunks, nodeHashing)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test("a piece layer proves itself against the root, and a changed hash in it does not", async () => {
  const { pieceLayer, pieceLength, piecesRoot } = await hashFile([sample(5 * 1_048_576 + 7)], nodeHashing);
  expect(hex(rootOfPieceLayer(pieceLayer, pieceLength, nodeHashing.sha256))).toBe(hex(piecesRoot));
  const forged = pieceLayer.map((hash, i) => (i === 2 ? new Uint8Array(32) : hash));
  expect(hex(rootOfPieceLayer(forged, pieceLength, nodeHashing.sha256))).not.toBe(hex(piecesRoot));
});

test("pieces are the smallest power of two from 1 MiB on that needs at most 2,048 hashes", () => {
  expect(pieceLengthFor(1)).toBe(1_048_576);
  expect(pieceLengthFor(2_048 * 1_048_576)).toBe(1_048_576);
  expect(pieceLengthFor(2_048 * 1_048_576 + 1)).toBe(2_097_152);
  expect(pieceLengthFor(6 * 1024 ** 3)).toBe(4_194_304);
});
