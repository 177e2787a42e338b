import ipaddr from "ipaddr.js";
import { InvalidInputError } from "#protocol/errors.ts";

/** Whether what one of these says about who calls is believed. `hop`: 0 for who is connected to us. */
export type TrustedProxies = (address: string, hop: number) => boolean;

const MOST_HOPS = 10;

/**
 * Proxies in front, given as their number or as their networks (CIDR, separated by commas). Everything that a caller
 * writes into X-Forwarded-For itself lies beyond them and is not believed. Throws `InvalidInputError`.
 */
export function trustedProxies(text: string): TrustedProxies {
  if (/^\d+$/.test(text)) {
    const hops = Number(text);
    if (hops < 1 || hops > MOST_HOPS) throw new InvalidInputError(`A number of proxies is 1 to ${MOST_HOPS}.`);
    return (_, hop) => hop < hops;
  }
  const networks = text.split(",").map((network) => networkOf(network.trim()));
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    // An IPv4 address dressed as IPv6 is what it is.
    const plain = ipaddr.process(address);
    return networks.some(([base, bits]) => base.kind() === plain.kind() && plain.match(base, bits));
  };
}

function networkOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    const [base, bits] = ipaddr.parseCIDR(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
    if (bits > 0) return [base, bits];
  } catch {
    // Said below.
  }
  throw new InvalidInputError(`${text} is neither a number of proxies nor a network such as 10.0.0.0/8.`);
}
