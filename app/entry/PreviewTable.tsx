import type { ContestView, EntryView } from "#protocol/http.ts";
import { modeOf } from "#protocol/rules.ts";
import { formatCoins, weightDecimals, windowLeft } from "../contest/measure.ts";
import { isLive } from "../contest/useContest.ts";
import { formatAmount } from "../parts/amount.ts";
import { words } from "../words/words.ts";
import type { Preview, Sides } from "./dropPreview.ts";

type PreviewProps = {
  readonly contest: ContestView;
  readonly entry: EntryView;
  readonly name: string;
  readonly preview: Preview;
  /** Whether coins of this wallet carry weight. */
  readonly counted: boolean;
  readonly now: number;
};

/** Before and after, so that nothing is signed unseen. */
export function PreviewTable({ contest, entry, name, preview, counted, now }: PreviewProps) {
  const said = words.drop;
  const open = modeOf(contest.rules) === "open";
  const coins = contest.coin.decimals;
  const weights = weightDecimals(contest);
  return (
    <table className="preview" id="drop-preview">
      <caption className="vh">{said.previewCaption}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="vh">{said.what}</span>
          </th>
          <th scope="col" className="num">
            {said.before}
          </th>
          <th scope="col" className="num">
            {said.after}
          </th>
        </tr>
      </thead>
      <tbody>
        <Line name={said.yourCoins} sides={preview.coins} decimals={coins} />
        {isLive(entry) ? (
          <>
            <Line
              name={said.yourWeight}
              note={open ? said.weightOpen : counted ? said.weightRoot : said.weightSupport}
              sides={preview.weight}
              decimals={weights}
            />
            <Line
              name={said.tallyOf(name)}
              note={said.windowLeft(String(windowLeft(contest, now)))}
              sides={preview.tally}
              decimals={weights}
              testid="preview-tally"
            />
          </>
        ) : null}
        {preview.room === null ? null : (
          <Line
            name={said.cap}
            note={said.capNote(
              formatCoins(contest, contest.rules.entryCap),
              formatCoins(contest, contest.rules.personCap),
            )}
            sides={preview.room}
            decimals={coins}
          />
        )}
      </tbody>
    </table>
  );
}

type LineProps = {
  readonly name: string;
  readonly note?: string;
  readonly sides: Sides;
  readonly decimals: number;
  readonly testid?: string;
};

function Line({ name, note, sides, decimals, testid }: LineProps) {
  return (
    <tr data-testid={testid}>
      <th scope="row">
        {name}
        {note === undefined ? null : <small>{note}</small>}
      </th>
      <td className="num quiet">{formatAmount(sides.before, decimals)}</td>
      <td className="num figure preview-after">{formatAmount(sides.after, decimals)}</td>
    </tr>
  );
}
