/** What is checked of a receipt, in the order in which a person reads it. */
export const receiptChecks = [
  "signature",
  "node",
  "client",
  "time",
  "nonce",
  "entry",
  "model",
  "manifest",
  "request",
  "response",
  "params",
  "counts",
] as const;
export type ReceiptCheck = (typeof receiptChecks)[number];
