import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { routes as urls } from "#protocol/routes.ts";
import { describeApi } from "../../../indexer/api/openapi.ts";
import { createRoutes } from "../../../indexer/api/routes.ts";
import { createManifestReader } from "../../../indexer/views/manifests.ts";

test("the API's description is valid OpenAPI 3.1 and names every route", async () => {
  const description = describeApi(createRoutes(createManifestReader()));
  const verdict = await new Validator().validate(structuredClone(description));
  expect(verdict.errors).toBeUndefined();
  expect(verdict.valid).toBe(true);
  const served = Object.values(urls).filter((url) => url !== urls.openapi);
  const named = Object.keys(description["paths"] as object).map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1"));
  expect(named.sort()).toEqual(served.sort());
});

test("every reference in it leads somewhere", () => {
  const text = JSON.stringify(describeApi(createRoutes(createManifestReader())));
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const references = [...text.matchAll(/"\$ref":"#\/([^"]*)"/g)].map(([, path]) => path ?? "");
  expect(references.length).toBeGreaterThan(10);
  for (const path of references) {
    expect(path).toMatch(/^components\/schemas\//);
    expect(components.schemas).toHaveProperty([path.slice("components/schemas/".length)]);
  }
});
