import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { formatEther, type Hex, keccak256 } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import type { ContestView, EntryView } from "#protocol/http.ts";
import { useConfig } from "../config/useConfig.ts";
import { entryName, formatCoins } from "../contest/measure.ts";
import type { useSend } from "../transactions/useSend.ts";
import { words } from "../words/words.ts";
import { readEvidenceURI } from "./evidenceLink.ts";

type FormProps = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly connected: boolean;
  readonly busy: boolean;
  readonly send: ReturnType<typeof useSend>["send"];
};

/** Opens a challenge. Says what it costs, what comes back and when, before anything is signed. */
export function ChallengeForm({ contest, entry, connected, busy, send }: FormProps) {
  const said = words.challenge;
  const config = useConfig();
  const { arbitrator, challengeBond, arbitratorExtraDataHash } = contest.rules;
  const extraData = extraDataOf(config, arbitratorExtraDataHash);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const fee = useQuery({
    queryKey: ["fee", arbitrator, extraData],
    enabled: extraData !== null,
    queryFn: async () => {
      const { readArbitrationFee } = await import("../chain/readArbitrationFee.ts");
      return readArbitrationFee(config, arbitrator, extraData ?? "0x");
    },
  });
  if (extraData === null) return <p className="quiet">{said.noExtraData}</p>;

  const open = async (event: FormEvent) => {
    event.preventDefault();
    const evidenceURI = readEvidenceURI(typed);
    setError(evidenceURI === null ? said.badURI : null);
    if (evidenceURI === null) return;
    const { challengeEntry } = await import("../transactions/challengeEntry.ts");
    const entryId = entry.entryId;
    await send(challengeEntry({ contest, entryId, entry: entryName(entry), evidenceURI, extraData }));
  };

  return (
    <details>
      <summary>{said.start}</summary>
      <form onSubmit={(event) => void open(event)}>
        <p>{said.what}</p>
        <dl className="challenge-costs">
          <dt>{said.bond}</dt>
          <dd className="figure">{formatCoins(contest, challengeBond)}</dd>
          <dt>{said.fee}</dt>
          <dd className="figure" data-testid="challenge-fee">
            {fee.data === undefined ? (fee.error === null ? said.feeWaiting : said.feeFailed) : formatEther(fee.data)}
          </dd>
          <dt>{said.decides}</dt>
          <dd className="mono">{arbitrator}</dd>
        </dl>
        <p className="small quiet">{said.outcomes(formatCoins(contest, challengeBond))}</p>
        <div className="field">
          <label htmlFor="challenge-uri">{said.uri}</label>
          <input
            className="in mono"
            id="challenge-uri"
            inputMode="url"
            placeholder="https://"
            value={typed}
            aria-invalid={error !== null}
            aria-describedby="challenge-uri-note"
            onChange={(change) => setTyped(change.target.value)}
          />
          <p className="small quiet" id="challenge-uri-note">
            {said.uriNote}
          </p>
        </div>
        {error === null ? null : (
          <p className="challenge-error" role="alert">
            {error}
          </p>
        )}
        <button
          type="submit"
          className="btn"
          disabled={busy || !connected || fee.data === undefined}
          data-testid="challenge-submit"
        >
          {connected ? said.submit : said.connect}
        </button>
      </form>
    </details>
  );
}

/** The bytes that the contest's rules ask a challenger to pass on: none, or some that this deployment knows. */
function extraDataOf({ arbitratorExtraData }: Pick<AppConfig, "arbitratorExtraData">, hash: Hex): Hex | null {
  return (["0x", ...arbitratorExtraData] as const).find((bytes) => keccak256(bytes as Hex) === hash) ?? null;
}
