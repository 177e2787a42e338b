/** Notes a law that an event breaks: what it is about, what the event says, what the law says. */
export type Expect = (holds: boolean, what: string, says: unknown, law: unknown) => void;
