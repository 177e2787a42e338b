import type { Hex } from "viem";
import { decodeAbiParameters, hexToBytes, toFunctionSelector } from "viem";
import type { TokenRow } from "../store/tables.ts";
import { RequestRefusedError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

const MOST_BYTES = 1_024;
const MOST_DECIMALS = 77;
/** JSON-RPC: the endpoint asks to come back later. */
const LIMIT_EXCEEDED = -32005;

/**
 * Symbol, name and decimals of a token. A token that does not say, or says nonsense, is shown by its address and in its
 * smallest unit. Throws `ChainUnreachableError` when the chain does not answer.
 */
export async function readToken(rpc: Rpc, address: Hex): Promise<TokenRow> {
  const [symbol, name, decimals] = await Promise.all(
    ["symbol()", "name()", "decimals()"].map((signature) => ask(rpc, address, signature)),
  );
  const shortAddress = `${address.slice(0, 6)}…${address.slice(-4)}`;
  return {
    address,
    symbol: presentable(textOf(symbol), 16) || shortAddress,
    name: presentable(textOf(name), 64) || shortAddress,
    decimals: decimalsOf(decimals),
  };
}

async function ask(rpc: Rpc, address: Hex, signature: string): Promise<Hex | undefined> {
  try {
    const answer = await rpc.call(address, toFunctionSelector(signature));
    return answer.length > 2 + 2 * MOST_BYTES ? undefined : answer;
  } catch (error) {
    // A call that the token lets fail is an answer; anything else is asked again.
    if (error instanceof RequestRefusedError && error.code !== LIMIT_EXCEEDED) return undefined;
    throw error;
  }
}

function textOf(answer: Hex | undefined): string {
  if (answer === undefined) return "";
  try {
    return decodeAbiParameters([{ type: "string" }], answer)[0];
  } catch {
    // Some early tokens return 32 bytes, padded with zeros.
    return answer.length === 66 ? new TextDecoder().decode(hexToBytes(answer)) : "";
  }
}

function decimalsOf(answer: Hex | undefined): number {
  if (answer === undefined || answer.length !== 66) return 0;
  const decimals = BigInt(answer);
  return decimals > MOST_DECIMALS ? 0 : Number(decimals);
}

/** Without characters that steer the display, and no longer than `most`. */
function presentable(text: string, most: number): string {
  const visible = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim();
  return [...visible].slice(0, most).join("");
}
