import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What IPv6 is routed in public. Source: RFC 4291, 2.4, and the IANA's list of global unicast addresses. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Whether an IP address is one of the public internet: not private, local, reserved, or a disguise of such a one. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  // `process` turns an IPv4 address dressed as IPv6 into what it is. Other ways to embed one have ranges of their own,
  // or lie outside what is routed.
  const plain = ipaddr.process(address);
  if (plain instanceof ipaddr.IPv6 && !plain.match(globalUnicast)) return false;
  return plain.range() === "unicast";
}
