/** Which packages hold llama.cpp's programs for a graphics card. Source: node-llama-cpp 3, compileLLamaCpp.js. */

/** Programming interface of the card: NVIDIA's own, or the one that most cards of the last ten years speak. */
export const GPU_KINDS = ["cuda", "vulkan"] as const;
export type GpuKind = (typeof GPU_KINDS)[number];

/** Names of the packages, or a sentence that says why there are none for this system. `system`: as Node names it. */
export function gpuPackages(
  kind: GpuKind,
  system: { readonly platform: string; readonly arch: string },
): readonly string[] | string {
  if (system.platform === "darwin") return "on a Mac with Apple silicon the installed package already uses Metal";
  const platform = system.platform === "win32" ? "win" : system.platform;
  if (!["linux", "win"].includes(platform) || system.arch !== "x64") {
    return `node-llama-cpp has no ready-made ${kind} package for ${system.platform} on ${system.arch}`;
  }
  const name = `@node-llama-cpp/${platform}-x64-${kind}`;
  return kind === "cuda" ? [name, `${name}-ext`] : [name];
}
