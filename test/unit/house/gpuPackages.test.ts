import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GPU_KINDS, gpuPackages } from "../../../scripts/gpu/gpuPackages.ts";
import { root } from "../../../scripts/tool/root.ts";

test("CUDA needs its extension package, too", () => {
  expect(gpuPackages("cuda", { platform: "win32", arch: "x64" })).toEqual([
    "@node-llama-cpp/win-x64-cuda",
    "@node-llama-cpp/win-x64-cuda-ext",
  ]);
});

test("Vulkan is one package", () => {
  expect(gpuPackages("vulkan", { platform: "linux", arch: "x64" })).toEqual(["@node-llama-cpp/linux-x64-vulkan"]);
});

test("a Mac is told that it has what it needs", () => {
  expect(gpuPackages("cuda", { platform: "darwin", arch: "arm64" })).toContain("Metal");
});

test("a system without ready-made packages is told so", () => {
  expect(gpuPackages("vulkan", { platform: "linux", arch: "arm64" })).toContain("no ready-made vulkan package");
});

test("each package is one that node-llama-cpp offers and that package.json keeps out of the install", () => {
  const offered = JSON.parse(readFileSync(join(root, "node_modules/node-llama-cpp/package.json"), "utf8"));
  const ours = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const names = GPU_KINDS.flatMap((kind) =>
    ["linux", "win32"].flatMap((platform) => gpuPackages(kind, { platform, arch: "x64" })),
  );
  expect(names.toSorted()).toEqual(Object.keys(ours.overrides["node-llama-cpp"]).toSorted());
  for (const name of names) expect(offered.optionalDependencies).toHaveProperty([name]);
});
