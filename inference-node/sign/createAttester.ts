import { setTimeout as sleep } from "node:timers/promises";
import { shortMessageOf } from "#protocol/errors.ts";
import type { Engine } from "#protocol/node.ts";
import { epochAt } from "#protocol/typedData.ts";
import type { NodeChain } from "../chain/nodeChain.ts";
import { reasonOf } from "../chain/reasonOf.ts";
import type { EntryFacts } from "../models/entryFacts.ts";
import { entryKey } from "../models/entryFacts.ts";
import type { Signer } from "./createSigner.ts";
import type { SignedAttestation } from "./signAttestation.ts";
import { signAttestation } from "./signAttestation.ts";

export type AttesterOptions = {
  readonly signer: Signer;
  readonly chain: Pick<NodeChain, "attest" | "lastAttested">;
  /** Entries that are served now, each with its file looked at just before. */
  readonly served: () => Promise<readonly { readonly facts: EntryFacts; readonly engine: Engine }[]>;
  /** Milliseconds since 1970: which epoch it is. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: when to try again. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at what is served; half a minute when absent. */
  readonly tickMs?: number;
  readonly log: { readonly info: (line: string) => void; readonly warn: (line: string) => void };
};

/** Signs what a node serves, each epoch anew, and puts the first and then one a day on chain. */
export type Attester = {
  readonly attestations: () => readonly SignedAttestation[];
  /** To be called when the served entries changed. */
  readonly nudge: () => void;
  /** To be called when the chain answers again: what could not be put there is tried at once. */
  readonly retry: () => void;
  readonly run: () => Promise<void>;
};

/** Epochs between two attestations on chain for one entry. */
const epochsOnChain = 24n;
const usualTickMs = 30_000;
const retryMs = { first: 2_000, longest: 300_000 };

export function createAttester(options: AttesterOptions): Attester {
  const { signer, chain, now, elapsed, signal, log, tickMs = usualTickMs } = options;
  let current: readonly SignedAttestation[] = [];
  const onChain = new Map<string, bigint | null>();
  let wake = Promise.withResolvers<void>();
  const refused = new Set<string>();
  let failures = 0;
  let notBefore = 0;

  const sign = async (): Promise<void> => {
    const served = await options.served();
    const epoch = epochAt(now() / 1000);
    const kept = new Map(current.map((signed) => [entryKey(signed.attestation), signed]));
    const signed = await Promise.all(
      served.map(async ({ facts, engine }) => {
        const before = kept.get(entryKey(facts));
        const same = before !== undefined && isAbout(before, facts);
        if (before !== undefined && !same) onChain.delete(entryKey(facts));
        if (same && before.attestation.epoch === epoch && before.engine === engine) return before;
        return await signAttestation(signer, facts, engine, now() / 1000).catch((error: unknown) => {
          const reason = shortMessageOf(error);
          if (!refused.has(reason)) log.warn(`not attested: ${reason}`);
          refused.add(reason);
          return null;
        });
      }),
    );
    current = signed.filter((statement) => statement !== null);
  };

  const isDue = async ({ attestation }: SignedAttestation): Promise<boolean> => {
    const key = entryKey(attestation);
    const known = onChain.get(key);
    const { contest, entryId } = attestation;
    const last = known === undefined ? await chain.lastAttested({ contest, entryId: Number(entryId) }) : known;
    onChain.set(key, last);
    return last === null || attestation.epoch >= last + epochsOnChain;
  };

  const publish = async (): Promise<void> => {
    if (elapsed() < notBefore) return;
    try {
      const due: SignedAttestation[] = [];
      for (const signed of current) if (await isDue(signed)) due.push(signed);
      if (due.length > 0) {
        const transaction = await chain.attest(due);
        for (const { attestation } of due) onChain.set(entryKey(attestation), attestation.epoch);
        log.info(`attested ${due.length} entries on chain (${transaction})`);
      }
      failures = 0;
    } catch (error) {
      const wait = Math.min(retryMs.longest, retryMs.first * 2 ** failures);
      failures += 1;
      notBefore = elapsed() + wait;
      if (!signal.aborted) log.warn(`attesting on chain failed, next try in ${wait / 1000} s: ${reasonOf(error)}`);
    }
  };

  return {
    attestations: () => current,
    nudge: () => wake.resolve(),
    retry() {
      notBefore = 0;
      wake.resolve();
    },
    async run() {
      while (!signal.aborted) {
        await sign();
        await publish();
        const left = notBefore - elapsed();
        const wait = left > 0 ? Math.min(tickMs, left) : tickMs;
        await Promise.race([sleep(wait, undefined, { signal }).catch(() => undefined), wake.promise]);
        wake = Promise.withResolvers<void>();
      }
    },
  };
}

/** Whether an attestation says what the chain says now; entry ids begin again where a chain does. */
function isAbout({ attestation }: SignedAttestation, facts: EntryFacts): boolean {
  return (
    attestation.contest === facts.contest &&
    attestation.manifestHash === facts.manifestHash &&
    attestation.modelSha256 === facts.modelSha256 &&
    attestation.modelRoot === facts.modelRoot
  );
}
