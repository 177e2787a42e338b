import type { FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import type { Address } from "viem";
import { zeroAddress } from "viem";
import { addressSchema } from "#protocol/primitives.ts";

/** Who asks. Nothing of it is proven: limits hang on the network, which costs most to change. */
export type Caller = {
  /** Whom a receipt names: the address in `X-Coindrop-Client`, or zero. */
  readonly address: Address;
  /** An IPv4 address, or the /64 of an IPv6 one, which one customer usually holds whole. */
  readonly network: string;
  /** Network and address: one of several clients behind the same proxy. */
  readonly key: string;
};

export function callerOf(http: Pick<FastifyRequest, "headers" | "ip">): Caller {
  const named = addressSchema.safeParse(http.headers["x-coindrop-client"]);
  const address = named.success ? named.data : zeroAddress;
  const network = networkOf(http.ip);
  return { address, network, key: `${network} ${address}` };
}

function networkOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  return address.kind() === "ipv4" ? address.toString() : address.toNormalizedString().split(":").slice(0, 4).join(":");
}
