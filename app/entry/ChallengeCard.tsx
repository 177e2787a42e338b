import type { ChallengeView, ContestView, EntryView } from "#protocol/http.ts";
import { ZERO_ADDRESS } from "#protocol/rules.ts";
import { entryName, formatCoins } from "../contest/measure.ts";
import { stakeOn, usePhase, useVoter } from "../contest/useContest.ts";
import { useChainNow } from "../data/clock.ts";
import { shorten } from "../parts/shorten.ts";
import { localMoment } from "../parts/when.ts";
import { StepsCard } from "../transactions/StepsCard.tsx";
import { useSend } from "../transactions/useSend.ts";
import { useWallet } from "../wallet/walletStore.ts";
import { words } from "../words/words.ts";
import { ChallengeForm } from "./ChallengeForm.tsx";
import { EvidenceForm } from "./EvidenceForm.tsx";
import { EvidenceURI } from "./EvidenceURI.tsx";
import "./challenge.css";

type CardProps = { readonly contest: ContestView; readonly entry: EntryView };

/** Whether the entry may take part: what was said against it, who decides until when, what came of it. */
export function ChallengeCard({ contest, entry }: CardProps) {
  const said = words.challenge;
  const phase = usePhase(contest);
  const { status: connection } = useWallet();
  const { send, steps, busy } = useSend(`challenge:${contest.address}:${entry.entryId}`);
  const last = entry.challenges.at(-1);
  const connected = connection === "connected";
  const open = phase === "entry" || phase === "voting";
  const canOpen = entry.status === "live" && open && contest.rules.arbitrator !== ZERO_ADDRESS;
  if (entry.status === "retracted" || (entry.status === "live" && !canOpen && last === undefined)) return null;
  const acting = { contest, entry, send, busy };
  return (
    <section
      className={entry.status === "live" ? "sheet challenge entry-later" : "sheet challenge"}
      id="challenge"
      aria-labelledby="challenge-title"
      data-testid="challenge"
    >
      <h2 id="challenge-title">{said.title[entry.status === "none" ? "live" : entry.status]}</h2>
      {entry.status === "challenged" ? <Open {...acting} challenge={last} connected={connected} /> : null}
      {entry.status === "removed" ? <Removed contest={contest} entry={entry} challenge={last} /> : null}
      {entry.status === "live" && last !== undefined ? <Past challenges={entry.challenges} /> : null}
      {canOpen ? <ChallengeForm {...acting} connected={connected} /> : null}
      <StepsCard steps={steps} />
    </section>
  );
}

type ActProps = CardProps & { readonly send: ReturnType<typeof useSend>["send"]; readonly busy: boolean };
type OneProps = ActProps & { readonly challenge: ChallengeView | undefined };

function Open({ contest, entry, challenge, connected, send, busy }: OneProps & { readonly connected: boolean }) {
  const said = words.challenge;
  const now = useChainNow("second");
  if (challenge === undefined) return <p>{said.unknown}</p>;
  const isDue = now >= challenge.due;
  return (
    <>
      <p>{said.open(shorten(challenge.challenger), localMoment(challenge.openedAt.timestamp))}</p>
      <p className="quiet">{isDue ? said.overdue : said.due(localMoment(challenge.due))}</p>
      <Evidence challenge={challenge} />
      {connected && isDue ? (
        <button
          type="button"
          className="btn"
          disabled={busy}
          data-testid="lapse"
          onClick={() =>
            void import("../transactions/lapseChallenge.ts").then(({ lapseChallenge }) =>
              send(lapseChallenge(contest, { entryId: entry.entryId, entry: entryName(entry) })),
            )
          }
        >
          {said.lapse}
        </button>
      ) : null}
      {connected && !isDue ? <EvidenceForm contest={contest} entry={entry} send={send} busy={busy} /> : null}
    </>
  );
}

function Removed({ contest, entry, challenge }: CardProps & Pick<OneProps, "challenge">) {
  const said = words.challenge;
  const voter = useVoter().data?.voter;
  const yours = stakeOn(voter, entry.entryId);
  const when = challenge?.closed?.block.timestamp;
  return (
    <>
      <p>{when === undefined ? said.unknown : said.removed(localMoment(when))}</p>
      {challenge === undefined ? null : <Evidence challenge={challenge} />}
      {yours === 0n ? (
        <p className="quiet">{said.safe}</p>
      ) : (
        <p>
          {said.yours(formatCoins(contest, yours))} <a href="#drop">{said.toCoins}</a>
        </p>
      )}
    </>
  );
}

/** Who said what, oldest first: the challenger's reasons are the first. */
function Evidence({ challenge }: { readonly challenge: ChallengeView }) {
  const said = words.challenge;
  const { evidence, evidenceCount, evidenceURI, challenger, openedAt } = challenge;
  const listed = evidence.length > 0 ? evidence : [{ party: challenger, evidenceURI, block: openedAt }];
  return (
    <>
      <h3>{said.evidence}</h3>
      <ol className="challenge-evidence">
        {listed.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows, and two pieces can be alike
          <li key={index}>
            <EvidenceURI uri={one.evidenceURI} />
            <span className="small faint">
              {said.by(shorten(one.party), one.party === challenger, localMoment(one.block.timestamp))}
            </span>
          </li>
        ))}
      </ol>
      {evidenceCount > listed.length ? <p className="small quiet">{said.more(evidenceCount - listed.length)}</p> : null}
      <p className="small quiet">{said.unchecked}</p>
    </>
  );
}

function Past({ challenges }: { readonly challenges: readonly ChallengeView[] }) {
  const said = words.challenge;
  return (
    <ul className="challenge-evidence">
      {challenges.map(({ challengeId, challenger, evidenceURI, closed }) => (
        <li key={challengeId}>
          <span>
            {closed === null
              ? said.unknown
              : said.outcome(shorten(challenger), closed, localMoment(closed.block.timestamp))}
          </span>
          <EvidenceURI uri={evidenceURI} />
        </li>
      ))}
    </ul>
  );
}
