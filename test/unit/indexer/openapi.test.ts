import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { routes as urls } from "#protocol/routes.ts";
import { describeApi } from "../../../indexer/api/openapi.ts";
import { checkExamples } from "../../support/checkExamples.ts";

test("the API's description is valid OpenAPI 3.1 and names every route", async () => {
  const description = describeApi();
  const verdict = await new Validator().validate(structuredClone(description));
  expect(verdict.errors).toBeUndefined();
  expect(verdict.valid).toBe(true);
  const named = Object.keys(description["paths"] as object).map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1"));
  expect(named.sort()).toEqual(Object.values(urls).sort());
});

test("every parameter and every answer has an example that is as its schema says, and every status is described", () => {
  const { wrong, missing, checked, undescribed } = checkExamples(describeApi());
  expect(wrong).toEqual([]);
  expect(missing).toEqual([]);
  expect(undescribed).toEqual([]);
  // Parameters, answers and refusals of seventeen routes.
  expect(checked).toBeGreaterThan(100);
});

test("every reference in it leads somewhere", () => {
  const text = JSON.stringify(describeApi());
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const references = [...text.matchAll(/"\$ref":"#\/([^"]*)"/g)].map(([, path]) => path ?? "");
  expect(references.length).toBeGreaterThan(10);
  for (const path of references) {
    expect(path).toMatch(/^components\/schemas\//);
    expect(components.schemas).toHaveProperty([path.slice("components/schemas/".length)]);
  }
});
