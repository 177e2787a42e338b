import { Link } from "@tanstack/react-router";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { From } from "../data/queries.ts";
import { formatAmount } from "../parts/amount.ts";
import { Badge } from "../parts/Badge.tsx";
import { Drawing } from "../parts/Drawing.tsx";
import { Icon } from "../parts/Icon.tsx";
import { shorten } from "../parts/shorten.ts";
import { Washer } from "../parts/Washer.tsx";
import { words } from "../words/words.ts";
import { categoryOf, entryName, formatBytes, formatParameters } from "./measure.ts";
import { missingWords } from "./missingWords.ts";
import { isLive } from "./useContest.ts";

type TagProps = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly from: From;
  readonly yours: bigint;
};

/** One entry on its peg: what it is and one real exchange with it. No tally and no rank, on purpose. */
export function EntryTag({ contest, entry, from, yours }: TagProps) {
  const manifest = entry.manifest.state === "present" ? entry.manifest.manifest : null;
  const category = manifest?.category ?? "other";
  const params = { address: contest.address, id: String(entry.entryId) };
  const name = entryName(entry);
  const live = isLive(entry);
  return (
    <article className={live ? "tag" : "tag tag-gone"} data-testid={`entry-${entry.entryId}`}>
      <p className="tag-number">{words.entries.no(entry.entryId, categoryOf(entry))}</p>
      <div className="tag-who">
        <Drawing name={name} category={category} />
        <div>
          <h3>
            <Link to="/contest/$address/entry/$id" params={params}>
              {name}
            </Link>
          </h3>
          <p className="tag-by">{words.entries.by(shorten(entry.author))}</p>
        </div>
      </div>
      <p className="tag-pitch">{pitch(entry, from)}</p>
      {entry.status === "challenged" ? (
        <p>
          <Badge tone="warn">
            {words.entries.challengedBy(shorten(entry.challenges.at(-1)?.challenger ?? entry.author))}
          </Badge>
        </p>
      ) : null}
      {live ? <Tape entry={entry} /> : <Gone entry={entry} />}
      <p className="tag-facts">
        {manifest === null ? null : <span>{words.entries.parameters(formatParameters(manifest.parameters))}</span>}
        <span>{formatBytes(entry.modelSize)}</span>
        {from === "indexer" && live ? (
          <span>
            <Washer kind={entry.nodes > 0 ? "proven" : "off"} />
            {words.entries.nodes(entry.nodes)}
          </span>
        ) : null}
      </p>
      <div className="tag-do">
        {live ? (
          <>
            <Link
              className="btn"
              to="/contest/$address/entry/$id"
              params={params}
              hash="try"
              aria-label={`${words.entries.tryIt}: ${name}`}
            >
              <Icon name="chat" />
              {words.entries.tryIt}
            </Link>
            <Link
              className="btn btn-bare"
              to="/contest/$address/entry/$id"
              params={params}
              hash="drop"
              aria-label={`${words.entries.drop}: ${name}`}
            >
              <Icon name="coin" />
              {words.entries.drop}
            </Link>
          </>
        ) : null}
        {yours > 0n ? (
          <Badge tone="yours" washer="yours">
            {words.entries.yours(formatAmount(yours, contest.coin.decimals))}
          </Badge>
        ) : null}
      </div>
    </article>
  );
}

function pitch(entry: EntryView, from: From): string {
  if (entry.status === "removed") return words.entries.removedText;
  if (entry.status === "retracted") return words.entries.retractedText;
  if (entry.manifest.state === "present") return entry.manifest.manifest.tagline;
  return missingWords(entry.manifest, from);
}

function Tape({ entry }: { readonly entry: EntryView }) {
  const example = entry.manifest.state === "present" ? entry.manifest.manifest.example : undefined;
  if (example === undefined) return <div />;
  return (
    <div className="tape">
      <p className="tape-question">
        <span className="vh">{words.entries.question}</span>
        {example.prompt}
      </p>
      <p className="tape-answer">
        <span className="vh">{words.entries.answer}</span>
        {example.answer}
      </p>
    </div>
  );
}

function Gone({ entry }: { readonly entry: EntryView }) {
  return (
    <div>
      {entry.voters > 0 ? <p className="small quiet">{words.entries.removedVoters(entry.voters)}</p> : null}
      {entry.status === "removed" ? <p className="ruled-out">{words.entries.removed}</p> : null}
    </div>
  );
}
