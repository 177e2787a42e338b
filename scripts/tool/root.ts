/** Where the house stands. */

import { resolve } from "node:path";

/** Absolute path of the repository's folder. */
export const root: string = resolve(import.meta.dirname, "../..");
