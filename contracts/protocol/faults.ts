/** What a node can be slashed for, in the order of the Solidity enum `Fault`. */
export const FAULTS = ["falseAttestation", "falseReceipt", "missingBlock"] as const;
export type Fault = (typeof FAULTS)[number];
