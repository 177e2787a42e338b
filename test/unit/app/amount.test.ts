import { expect, test } from "vitest";
import { formatAmount, formatExact, parseAmount } from "../../../app/parts/amount.ts";

test("amounts are grouped and cut, never rounded up", () => {
  expect(formatAmount(12_480_509_999_999_999_999_999n, 18)).toBe("12,480.50");
  expect(formatAmount(0n, 18)).toBe("0.00");
  expect(formatAmount(999_999n, 6)).toBe("0.99");
  expect(formatAmount(-1_500_000n, 6)).toBe("-1.50");
  expect(formatAmount(1_234_567n, 0, 0)).toBe("1,234,567");
});

test("an amount too small to show is not shown as nothing", () => {
  expect(formatAmount(1n, 18)).toBe("<0.01");
});

test("exact amounts lose no digit", () => {
  expect(formatExact(1_500_000_000_000_000_001n, 18)).toBe("1.500000000000000001");
  expect(formatExact(3n * 10n ** 18n, 18)).toBe("3.00");
});

test("what people type is read, with point, comma or groups", () => {
  expect(parseAmount("3", 18)).toBe(3n * 10n ** 18n);
  expect(parseAmount(" 0.5 ", 18)).toBe(5n * 10n ** 17n);
  expect(parseAmount("0,5", 18)).toBe(5n * 10n ** 17n);
  expect(parseAmount("1,234.5", 2)).toBe(123_450n);
  expect(parseAmount(".25", 2)).toBe(25n);
});

test("a comma that could part thousands or decimals is refused, not guessed", () => {
  for (const text of ["0,125", "2,500", "0,500", ",500", "1,23,456", "1,234,567"])
    expect(parseAmount(text, 18), text).toBe("ambiguous");
  expect(parseAmount("2,500.", 2)).toBe(250_000n);
  expect(parseAmount("12,345,678.90", 2)).toBe(1_234_567_890n);
  expect(parseAmount("0,1250", 4)).toBe(1_250n);
});

test("a coin without decimals leaves a group only one meaning", () => {
  expect(parseAmount("2,500", 0)).toBe(2_500n);
  expect(parseAmount("0,500", 0)).toBe("ambiguous");
});

test("groups that are none are no amount", () => {
  for (const text of ["0,125.5", "1,23,456.5", "1234,567.8", ",500.0"]) expect(parseAmount(text, 18), text).toBeNull();
});

test("what is no amount is refused", () => {
  for (const text of ["", "abc", "1e5", "-1", "1.2.3", ".", "0x10", "1.234"])
    expect(parseAmount(text, 2), text).toBeNull();
});

test("an exact amount that is shown can be typed back", () => {
  for (const wei of [1n, 10n ** 18n, 123_456_789_012_345_678_901_234n])
    for (const decimals of [0, 1, 18]) expect(parseAmount(formatExact(wei, decimals), decimals)).toBe(wei);
});
