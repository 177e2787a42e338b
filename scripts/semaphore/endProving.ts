/** Ends the threads that a prover leaves waiting for the next proof. Source: ffjavascript 0.3.1, src/bn128.js. */
export async function endProving(): Promise<void> {
  const { curve_bn128: curve } = globalThis as { curve_bn128?: { terminate(): Promise<void> } | null };
  await curve?.terminate();
}
