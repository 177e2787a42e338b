import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const packageName = `@node-llama-cpp/${process.platform === "darwin" ? "mac" : process.platform === "win32" ? "win" : "linux"}-${process.arch}`;
const backend = /^libggml-cpu-([\w.]+)\.so$/;

/** CPU backends that node-llama-cpp carries for this machine's kind; none where it carries one alone. */
export function cpuVariants(): string[] {
  return readdirSync(binaries()).flatMap((name) => backend.exec(name)?.[1] ?? []);
}

/**
 * Makes node-llama-cpp find one CPU backend only, in processes that get the returned arguments before their script's
 * name: a copy of its binaries without the others, and a hook that leads there.
 */
export function onlyVariant(variant: string, folder: string): string[] {
  const from = binaries();
  const home = join(folder, variant);
  rmSync(home, { recursive: true, force: true });
  const target = join(home, "bins", from.split("/").at(-1) ?? "");
  mkdirSync(join(home, "dist"), { recursive: true });
  cpSync(from, target, {
    recursive: true,
    filter: (path) => (backend.exec(path.split("/").at(-1) ?? "")?.[1] ?? variant) === variant,
  });
  const packageFolder = dirname(dirname(from));
  cpSync(join(packageFolder, "package.json"), join(home, "package.json"));
  cpSync(join(packageFolder, "dist"), join(home, "dist"), { recursive: true });
  const hook = join(home, "hook.mjs");
  const url = pathToFileURL(join(home, "dist", "index.js")).href;
  writeFileSync(
    hook,
    `import { registerHooks } from "node:module";
registerHooks({ resolve: (name, context, next) => name === ${JSON.stringify(packageName)} ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(name, context) });
`,
  );
  return ["--import", pathToFileURL(hook).href];
}

function binaries(): string {
  const bins = join(dirname(dirname(fileURLToPath(import.meta.resolve(packageName)))), "bins");
  return join(bins, readdirSync(bins)[0] ?? "");
}
