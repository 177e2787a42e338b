import { stat } from "node:fs/promises";

/** Files up to this size are hashed before anybody wonders. */
const QUICK_BYTES = 256 * 1_048_576;

/** Shows on a terminal how far the hashing of a large file has come. Takes the bytes read so far. */
export async function showProgress(file: string): Promise<(bytes: number) => void> {
  const { size } = await stat(file);
  if (size < QUICK_BYTES || !process.stderr.isTTY) return () => {};
  let shown = -1;
  return (bytes) => {
    const percent = Math.floor((bytes / size) * 100);
    if (percent === shown) return;
    shown = percent;
    process.stderr.write(`\rhashing the model: ${percent} %${percent === 100 ? "\n" : ""}`);
  };
}
