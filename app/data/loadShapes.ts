import type { z } from "zod";

export type Shapes = typeof import("./shapes.ts")["shapes"];
export type ShapeName = keyof Shapes;
export type Shape<N extends ShapeName> = z.infer<Shapes[N]>;

/** The schemas, fetched once. Begin early: they load beside the first answers, not after them. */
export async function loadShapes(): Promise<Shapes> {
  return (await import("./shapes.ts")).shapes;
}
