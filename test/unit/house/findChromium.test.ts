import { afterEach, expect, test, vi } from "vitest";
import { findChromium } from "../../support/findChromium.ts";

afterEach(() => vi.unstubAllEnvs());

test("CHROMIUM_PATH is taken at its word", () => {
  vi.stubEnv("CHROMIUM_PATH", process.execPath);
  expect(findChromium()).toBe(process.execPath);
});

test("a CHROMIUM_PATH that leads nowhere is said, not passed over", () => {
  vi.stubEnv("CHROMIUM_PATH", "/nowhere/chromium");
  expect(() => findChromium()).toThrow('CHROMIUM_PATH names "/nowhere/chromium", where there is no file');
});
