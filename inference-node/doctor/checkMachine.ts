import { availableParallelism } from "node:os";
import { shortMessageOf } from "#protocol/errors.ts";
import { bytesInWords } from "../engine/bytesInWords.ts";
import type { EngineBuild, GpuChoice } from "../engine/childProtocol.ts";
import { probeEngine } from "../engine/probeEngine.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";

/** Whether llama.cpp starts here, and whether the threads fit the cores. */
export async function checkMachine(
  { gpu, threads }: { readonly gpu: GpuChoice; readonly threads: number },
  probe: (gpu: GpuChoice) => Promise<EngineBuild> = probeEngine,
  cores = availableParallelism(),
): Promise<Finding[]> {
  const engine = await probe(gpu).then(
    ({ llamaCpp, variant }) => good("engine", `llama.cpp ${llamaCpp} runs on ${variant}`),
    (error: unknown) =>
      mend(
        "engine",
        `llama.cpp does not start: ${shortMessageOf(error)}`,
        gpu === false
          ? "Run npm install again on this machine."
          : "Install the card's packages (npm run gpu), or say --gpu none.",
      ),
  );
  const machine =
    threads > cores
      ? care(
          "machine",
          `${threads} threads a model on ${cores} cores`,
          `Say --threads ${cores} or less: threads that wait for a core make answers several times slower.`,
        )
      : good("machine", `${cores} cores, ${threads} ${threads === 1 ? "thread" : "threads"} a model`);
  return [machine, engine];
}

/** Whether the models fit into memory: the largest alone, and all together. `sizes`, `available`: bytes. */
export function checkMemory(sizes: readonly number[], available: number): Finding {
  const largest = Math.max(0, ...sizes);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const free = `${bytesInWords(available)} free`;
  if (largest > available)
    return mend(
      "memory",
      `the largest model has ${bytesInWords(largest)}, ${free}`,
      "Host smaller entries (--entries), end other programs, or add memory.",
    );
  if (all > available)
    return care(
      "memory",
      `all models together have ${bytesInWords(all)}, ${free}`,
      "Say --unload-idle to have the one that nobody uses make room, or host fewer entries.",
    );
  return good("memory", `models ${bytesInWords(all)}, ${free}`);
}

/** Whether what is still to be fetched fits the disk. All in bytes. */
export function checkDisk(folder: string, missing: number, free: number): Finding {
  const words = `${bytesInWords(missing)} to fetch, ${bytesInWords(free)} free at ${folder}`;
  if (missing > free) return mend("disk", words, "Make room, or name a folder on another disk with --store.");
  if (free - missing < 1_073_741_824) return care("disk", words, "Less than 1 GiB would be left.");
  return good("disk", words);
}
