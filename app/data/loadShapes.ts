/** What checks whatever comes from outside, fetched once. Begin early: everything that is asked waits for it. */
export function loadShapes() {
  return import("./shapes.ts");
}
