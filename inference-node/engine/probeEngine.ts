import type { EngineBuild, GpuChoice } from "./childProtocol.ts";
import { startModelProcess } from "./modelProcess.ts";

/**
 * Learns which llama.cpp runs here, and on what, in a child that loads no model.
 *
 * A node signs these facts in every attestation, before any model was asked anything. Throws `EngineError` when
 * llama.cpp does not start on this machine.
 */
export async function probeEngine(gpu: GpuChoice, loadMs = 60_000): Promise<EngineBuild> {
  const probe = startModelProcess(
    { modelPath: null, contextSize: 0, batchSize: 0, threads: 1, gpu },
    { loadMs, stallMs: loadMs, cancelMs: loadMs },
  );
  try {
    return (await probe.loaded).engine;
  } finally {
    probe.kill();
    await probe.exited;
  }
}
