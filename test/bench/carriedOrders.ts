import { type Address, keccak256, numberToHex, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contestAbi } from "#protocol/abi.ts";
import { type Order, ordersDomain, orderTypes } from "#protocol/typedData.ts";
import { type ContestLab, LAB_START } from "../support/contestLab.ts";

const COINS = parseEther("1.25");

/** Twenty voters, one signed drop each, carried by a stranger; then the same again. */
export async function carriedOrders(lab: ContestLab, contest: Address) {
  const signers = Array.from({ length: 21 }, (_, i) => privateKeyToAccount(keccak256(numberToHex(5_000 + i))));
  const [carrier] = signers.slice(20);
  if (carrier === undefined) throw new Error("no carrier");
  for (const { address } of signers) {
    await lab.chain.impersonate(address);
    await lab.equip(address, contest, COINS * 10n);
  }
  const signed = async (signer: (typeof signers)[number], nonce: bigint) => {
    const order: Order = { voter: signer.address, entryId: 1n, amount: COINS, nonce, deadline: BigInt(LAB_START) * 2n };
    const domain = ordersDomain({ chainId: 31337, verifyingContract: contest });
    const signature = await signer.signTypedData({ domain, types: orderTypes, primaryType: "Drop", message: order });
    return { kind: 0, ...order, signature };
  };
  const carry = async (count: number, nonce: bigint, from = carrier.address) => {
    const orders = await Promise.all(signers.slice(0, count).map((signer) => signed(signer, nonce)));
    const receipt = await lab.chain.write({
      from,
      to: contest,
      abi: contestAbi,
      functionName: "carry",
      args: [orders],
    });
    return receipt.gasUsed;
  };
  return {
    orderBatchFirst: Math.round((await carry(20, 0n)) / 20),
    orderBatchRepeat: Math.round((await carry(20, 1n)) / 20),
    orderAloneRepeat: await carry(1, 2n),
  };
}
