/** What was noticed of the chain and its endpoints, and survived, since the start. */
export type Notices = {
  /** Logs that an answer left out, found by the block's bloom, its receipts or another endpoint. */
  missingLogs: number;
  /** Logs that came more than once. */
  doubledLogs: number;
  /** Logs that no block holds. */
  inventedLogs: number;
  /** Times that endpoints contradicted each other. */
  disagreements: number;
  /** Times that folded tallies were not those of the contract. */
  tallyMismatches: number;
  /** Times that the factory had made another number of contests than were known. */
  countMismatches: number;
  /** Times that all logs of a contract were read anew, since what was stored of it had a hole. */
  resyncs: number;
  /** Times that blocks were taken back. */
  reorgs: number;
  /** Failed looks at the chain. */
  rpcErrors: number;
  /** Times that an endpoint asked to be left alone for a while. */
  rateLimits: number;
};

export function createNotices(): Notices {
  return {
    missingLogs: 0,
    doubledLogs: 0,
    inventedLogs: 0,
    disagreements: 0,
    tallyMismatches: 0,
    countMismatches: 0,
    resyncs: 0,
    reorgs: 0,
    rpcErrors: 0,
    rateLimits: 0,
  };
}
