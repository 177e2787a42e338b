import { expect, test } from "vitest";
import { routes } from "#protocol/http.ts";
import { paths } from "../../../app/data/paths.ts";

test("the page asks for the paths that the indexer serves", () => {
  expect(routes).toMatchObject(paths);
});
