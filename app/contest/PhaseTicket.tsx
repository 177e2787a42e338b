import { useEffect, useRef } from "react";
import type { ContestView } from "#protocol/http.ts";
import type { Phase } from "#protocol/rules.ts";
import { useChainNow } from "../data/clock.ts";
import { Icon, type IconName } from "../parts/Icon.tsx";
import { Washer } from "../parts/Washer.tsx";
import { localMoment, utcMoment } from "../parts/when.ts";
import { announce } from "../shell/announce.ts";
import { words } from "../words/words.ts";
import { Countdown } from "./Countdown.tsx";
import { windowLeft } from "./measure.ts";
import { usePhase } from "./useContest.ts";

const line: readonly Phase[] = ["entry", "voting", "counting", "final"];

/** The moment at which `phase` ends, or ended for those without an end; seconds since 1970. */
export function turningPoint(contest: ContestView, phase: Phase): number {
  const { entriesOpen, votesOpen, votesClose } = contest.rules;
  if (phase === "upcoming") return entriesOpen;
  if (phase === "entry") return votesOpen;
  if (phase === "final") return contest.result?.block.timestamp ?? votesClose;
  return votesClose;
}

/** Where the contest stands, how long, and under the perforation what can be done now. */
export function PhaseTicket({ contest }: { readonly contest: ContestView }) {
  const phase = usePhase(contest);
  const moment = turningPoint(contest, phase);
  const position = line.indexOf(phase);
  const seen = useRef(phase);

  useEffect(() => {
    if (seen.current === phase) return;
    seen.current = phase;
    announce(words.phase.turned(words.phase.names[phase]));
  }, [phase]);

  return (
    <aside className="ticket" aria-label={words.phase.label}>
      <ol className="phases">
        {line.map((name, index) => (
          <li
            key={name}
            className={index < position ? "done" : undefined}
            aria-current={name === phase ? "step" : undefined}
          >
            <Washer />
            {words.phase.names[name]}
          </li>
        ))}
      </ol>
      <p className="ticket-label small quiet">{words.phase.until[phase]}</p>
      {phase === "counting" || phase === "final" ? (
        <p className="figure clock">{localMoment(moment)}</p>
      ) : (
        <p>
          <Countdown to={moment} />
        </p>
      )}
      <p className="ticket-moment small quiet">{words.phase.moment(localMoment(moment), utcMoment(moment))}</p>
      <Can contest={contest} phase={phase} />
    </aside>
  );
}

function Can({ contest, phase }: { readonly contest: ContestView; readonly phase: Phase }) {
  const now = useChainNow("minute");
  const [first, ...rest] = words.phase.can[phase];
  const drop = phase === "voting" ? [words.phase.canDrop(String(windowLeft(contest, now)))] : [];
  const all = [...(first === undefined ? [] : [first]), ...drop, ...rest];
  return (
    <ul className="ticket-can">
      {all.map(({ icon, verb, rest: text }) => (
        <li key={verb}>
          <Icon name={icon as IconName} />
          <span>
            <b>{verb}</b>
            {text}
          </span>
        </li>
      ))}
    </ul>
  );
}
