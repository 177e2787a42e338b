import { type Address, type Hex, keccak256, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contestAbi, nodeRegistryAbi } from "#protocol/abi.ts";
import { toBytes32 } from "#protocol/hashing.ts";
import { hashFile } from "#protocol/piecesRoot.ts";
import { type Attestation, epochAt, nodesDomain, nodeTypes, type Receipt } from "#protocol/typedData.ts";
import { nodeHashing } from "../../inference-node/models/nodeHashing.ts";
import { type ContestLab, freshAddress, LAB_START, LAB_TIMES } from "./contestLab.ts";
import { compiled } from "./simulatedChain.ts";

/** Seconds since 1970 at which the lab's entries are in and its node speaks. */
export const REGISTRY_LAB_TIME = LAB_START + LAB_TIMES.entriesOpen;

const key = privateKeyToAccount(keccak256("0x4b"));

export type FileEntry = {
  readonly entryId: bigint;
  readonly hashes: { readonly manifestHash: Hex; readonly modelSha256: Hex; readonly modelRoot: Hex };
};

/** A registry beside a contest of the lab, with one node that signs with a key of its own. */
export async function createRegistryLab(lab: ContestLab) {
  const { chain, coin, factory, organiser } = lab;
  const code = compiled("contracts/nodes/NodeRegistry.sol/NodeRegistry");
  const registry = await chain.deploy(code, [coin, factory, parseEther("200"), parseEther("0.005")], organiser);
  const domain = nodesDomain({ chainId: 31337, verifyingContract: registry });
  const node = await chain.impersonate(freshAddress(77_001));
  const challenger = await chain.impersonate(freshAddress(77_002));
  const author = await chain.impersonate(freshAddress(77_003));
  await lab.equip(node, registry);
  const { contest } = await lab.create(lab.openRules);
  await lab.equip(author, contest);
  await chain.mineAt(REGISTRY_LAB_TIME);

  const on = (from: Address) => ({ from, to: registry, abi: nodeRegistryAbi }) as const;
  const keyProof = await key.signTypedData({ domain, types: nodeTypes, primaryType: "NodeKey", message: { node } });
  await chain.write({
    ...on(node),
    functionName: "register",
    args: ["https://node.example", key.address, keyProof, parseEther("200")],
  });
  let entries = 0n;

  return {
    registry,
    contest,
    node,
    challenger,
    domain,
    on,

    /** Submits an entry whose model is this file, or of this size where only that matters. */
    async submitFile(content: Uint8Array, size = content.length): Promise<FileEntry> {
      const file = await hashFile([content], nodeHashing);
      return this.submitHashes({ modelSha256: toBytes32(file.sha256), modelRoot: toBytes32(file.piecesRoot) }, size);
    },

    async submitHashes(model: { modelSha256: Hex; modelRoot: Hex }, modelSize: number): Promise<FileEntry> {
      entries += 1n;
      const hashes = { manifestHash: keccak256(`0x${entries.toString(16).padStart(4, "0")}`), ...model };
      await chain.write({
        from: author,
        to: contest,
        abi: contestAbi,
        functionName: "submit",
        args: [{ ...hashes, modelSize, manifestURI: "https://node.example/entry.json" }, lab.openRules.declarationHash],
      });
      return { entryId: entries, hashes };
    },

    /** What the node says about an entry now, with its signature. */
    async attest({ entryId, hashes }: FileEntry, changed: Partial<Attestation> = {}) {
      const epoch = epochAt(REGISTRY_LAB_TIME);
      const said: Attestation = { node, contest, entryId, engine: keccak256("0x"), epoch, ...hashes, ...changed };
      const message = { domain, types: nodeTypes, primaryType: "Attestation", message: said } as const;
      return { said, signature: await key.signTypedData(message) };
    },

    async sign(said: Receipt): Promise<Hex> {
      return key.signTypedData({ domain, types: nodeTypes, primaryType: "Receipt", message: said });
    },

    /** Asks the node for a block of the entry's file. Returns what that cost and the challenge's id. */
    async challenge(entry: FileEntry, index: number): Promise<{ challengeId: bigint; gas: number }> {
      const { said, signature } = await this.attest(entry);
      const { gasUsed } = await chain.write({
        ...on(challenger),
        functionName: "challengeBlock",
        args: [said, signature, entry.hashes, BigInt(index)],
        value: parseEther("1"),
      });
      const challengeId = await chain.read({
        to: registry,
        abi: nodeRegistryAbi,
        functionName: "challengeCount",
        args: [],
      });
      return { challengeId, gas: gasUsed };
    },
  };
}
