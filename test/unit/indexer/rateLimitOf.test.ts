import { expect, test } from "vitest";
import { rateLimitOf } from "../../../indexer/chain/rateLimitOf.ts";

const NOON = "Tue, 03 Mar 2026 12:00:00 GMT";
const limited = (headers: Record<string, string>) => ({ cause: { status: 429, headers: new Headers(headers) } });

test.each([
  ["seconds", limited({ "retry-after": "3" }), 3_000],
  ["a date", limited({ "retry-after": "Tue, 03 Mar 2026 12:00:20 GMT", date: NOON }), 20_000],
  ["more than is waited in one piece", limited({ "retry-after": "86400" }), 60_000],
  ["nothing", limited({}), 1_000],
  ["a code and words of JSON-RPC", { code: -32005, message: "rate limit exceeded" }, 1_000],
])("an endpoint that asks for fewer requests by %s is left alone for as long", (_, error, milliseconds) => {
  expect(rateLimitOf(error)).toBe(milliseconds);
});

test.each([
  ["the same code for a range that is too wide", { code: -32005, message: "query exceeds max block range" }],
  ["another status", { status: 503, headers: new Headers({ "retry-after": "3" }) }],
  ["no error at all", undefined],
])("%s asks for nothing of the kind", (_, error) => {
  expect(rateLimitOf(error)).toBeUndefined();
});
