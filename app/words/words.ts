import { en } from "./en.ts";

/** The shape every language must fill. */
export type Words = typeof en;

/** All text of the page in the visitor's language. English is the only one yet. */
export const words: Words = en;
