/** What a look at one thing found. `mend`: the node cannot work, or loses money, until it is mended; `care`: worth knowing. */
export type Finding = {
  readonly subject: string;
  readonly state: "good" | "care" | "mend";
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: string;
};

export const good = (subject: string, detail: string): Finding => ({ subject, state: "good", detail });
export const care = (subject: string, detail: string, advice: string): Finding => ({
  subject,
  state: "care",
  detail,
  advice,
});
export const mend = (subject: string, detail: string, advice: string): Finding => ({
  subject,
  state: "mend",
  detail,
  advice,
});

/** Bytes in the largest unit that leaves a number above 1. */
export function bytesInWords(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
