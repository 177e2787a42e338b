import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { describeNodeApi } from "../../../inference-node/serve/openapi.ts";

test("the node's description is valid OpenAPI 3.1", async () => {
  const verdict = await new Validator().validate(structuredClone(describeNodeApi()));
  expect(verdict.errors).toBeUndefined();
  expect(verdict.valid).toBe(true);
});

test("every reference in it leads somewhere", () => {
  const text = JSON.stringify(describeNodeApi());
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const references = [...text.matchAll(/"\$ref":"#\/([^"]*)"/g)].map(([, path]) => path ?? "");
  expect(references.length).toBeGreaterThan(20);
  for (const path of references) {
    expect(path).toMatch(/^components\/schemas\//);
    expect(components.schemas).toHaveProperty([path.slice("components/schemas/".length)]);
  }
});
