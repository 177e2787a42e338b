import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NodeConfig } from "../../../inference-node/cli/nodeConfig.ts";
import { noteUrl, ownUrl } from "../../../inference-node/cli/ownUrl.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "coindrop-url-"));
});
afterAll(() => rm(folder, { recursive: true }));
const configOf = (more: Partial<NodeConfig>) => ({ host: "127.0.0.1", port: 0, state: folder, ...more }) as NodeConfig;

test("a node that took any free port is found where it listens, until it ends", async () => {
  const config = configOf({});
  await expect(ownUrl(config)).rejects.toThrow("No node of this configuration runs");
  const forget = await noteUrl(config, "https://127.0.0.1:41234");
  expect(await ownUrl(config)).toBe("https://127.0.0.1:41234");
  await forget();
  await expect(ownUrl(config)).rejects.toThrow("any free one");
});

test.each([
  [{ host: "127.0.0.1", port: 8_090 }, "http://127.0.0.1:8090"],
  [{ host: "0.0.0.0", port: 8_090 }, "http://127.0.0.1:8090"],
  [{ host: "::", port: 443, tls: { cert: "c", key: "k" } }, "https://127.0.0.1:443"],
  [{ host: "::1", port: 8_090 }, "http://[::1]:8090"],
])("one that is not noted is looked for where the configuration says: %o", async (more, url) => {
  const state = join(folder, "other");
  await mkdir(state, { recursive: true });
  expect(await ownUrl(configOf({ ...more, state }))).toBe(url);
});
