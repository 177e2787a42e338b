import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Whether an IP address is one of the public internet: not private, local, reserved, or a disguise of such a one. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  // `process` turns an IPv4 address dressed as IPv6 into what it is. Other ways to embed one have ranges of their own.
  return ipaddr.process(address).range() === "unicast";
}
