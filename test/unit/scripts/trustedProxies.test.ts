import { expect, test } from "vitest";
import { trustedProxies } from "../../../scripts/relay/trustedProxies.ts";

test("a number trusts so many hops from us, wherever they are", () => {
  const trust = trustedProxies("2");
  expect([0, 1, 2].map((hop) => trust("203.0.113.9", hop))).toEqual([true, true, false]);
});

test("networks trust whoever is in them, at any hop", () => {
  const trust = trustedProxies("10.0.0.0/8, 192.0.2.1, 2001:db8::/32");
  expect(trust("10.200.3.4", 0)).toBe(true);
  expect(trust("::ffff:10.200.3.4", 0)).toBe(true);
  expect(trust("192.0.2.1", 3)).toBe(true);
  expect(trust("192.0.2.2", 0)).toBe(false);
  expect(trust("2001:db8:7::1", 0)).toBe(true);
  expect(trust("2001:db9::1", 0)).toBe(false);
  expect(trust("unknown", 0)).toBe(false);
});

test("what would trust everybody, or nobody, is refused", () => {
  for (const text of ["0", "11", "", "true", "0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.example"])
    expect(() => trustedProxies(text), text).toThrow(/proxies/);
});
