import { availableParallelism } from "node:os";
import { shortMessageOf } from "#protocol/errors.ts";
import { bytesInWords } from "../engine/bytesInWords.ts";
import type { EngineBuild, GpuChoice } from "../engine/childProtocol.ts";
import { probeEngine } from "../engine/probeEngine.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";
import type { Need } from "./surveyModels.ts";

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

/** Whether the models fit into memory as they are served: the largest alone, and all together. `free`: bytes. */
export function checkMemory(needs: readonly Need[], free: number, unloadIdle: boolean): Finding {
  const largest = needs.toSorted((one, other) => other.bytes - one.bytes)[0] ?? { bytes: 0, isWhole: true };
  const all = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  const inWords = (bytes: number, isWhole: boolean): string =>
    `${isWhole ? "" : "at least "}${bytesInWords(bytes)}, ${bytesInWords(free)} free`;
  if (largest.bytes > free)
    return mend(
      "memory",
      `the largest model needs ${inWords(largest.bytes, largest.isWhole)}`,
      "Host smaller entries (--entries), end other programs, or add memory.",
    );
  const words = inWords(
    all,
    needs.every(({ isWhole }) => isWhole),
  );
  if (all > free && !unloadIdle)
    return care(
      "memory",
      `all models together need ${words}`,
      "Say --unload-idle to have the one that nobody uses make room, or host fewer entries.",
    );
  return good("memory", `models need ${words}`);
}

/** Whether what is still to be fetched fits the disk. All in bytes. */
export function checkDisk(folder: string, missing: number, free: number): Finding {
  const words = `${bytesInWords(missing)} to fetch, ${bytesInWords(free)} free at ${folder}`;
  if (missing > free) return mend("disk", words, "Make room, or name a folder on another disk with --store.");
  if (free - missing < 1_073_741_824) return care("disk", words, "Less than 1 GiB would be left.");
  return good("disk", words);
}
