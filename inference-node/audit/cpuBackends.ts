import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InvalidInputError } from "#protocol/errors.ts";

const packageName = `@node-llama-cpp/${process.platform === "darwin" ? "mac" : process.platform === "win32" ? "win" : "linux"}-${process.arch}`;
const backend = /^(?:lib)?ggml-cpu-([\w.]+)\.(?:so|dll|dylib)$/;

/** CPU backends that node-llama-cpp carries for this machine's kind; none where it carries one alone. */
export function cpuBackends(): string[] {
  return readdirSync(binaries()).flatMap((name) => backend.exec(name)?.[1] ?? []);
}

/** Processes that get these arguments before their script's name find one CPU backend only. */
export type OnlyBackend = { readonly nodeArguments: readonly string[]; readonly remove: () => void };

/**
 * Makes one CPU backend the only one that node-llama-cpp finds: llama.cpp takes the best of those that lie beside it, and
 * each rounds otherwise. A copy of its binaries without the others is made in a temporary folder, and a hook leads there.
 *
 * Throws `InvalidInputError` for one that is not carried.
 */
export function onlyBackend(name: string): OnlyBackend {
  const carried = cpuBackends();
  if (!carried.includes(name)) {
    throw new InvalidInputError(`There is no CPU backend ${name} here.`, {
      metaMessages: [
        carried.length === 0 ? `${packageName} carries one alone.` : `node-llama-cpp carries: ${carried.join(", ")}`,
        "Name the one after `cpu` in what the node says that it runs, such as haswell.",
      ],
    });
  }
  const home = mkdtempSync(join(tmpdir(), "coindrop-backend-"));
  const from = binaries();
  mkdirSync(join(home, "dist"));
  cpSync(from, join(home, "bins", from.split(/[\\/]/).at(-1) ?? ""), {
    recursive: true,
    filter: (path) => (backend.exec(path.split(/[\\/]/).at(-1) ?? "")?.[1] ?? name) === name,
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
  return {
    nodeArguments: ["--import", pathToFileURL(hook).href],
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function binaries(): string {
  const bins = join(dirname(dirname(fileURLToPath(import.meta.resolve(packageName)))), "bins");
  return join(bins, readdirSync(bins)[0] ?? "");
}
