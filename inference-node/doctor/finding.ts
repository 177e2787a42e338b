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
