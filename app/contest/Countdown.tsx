import { useChainNow } from "../data/clock.ts";
import { words } from "../words/words.ts";

/** Days, hours and minutes to a moment; below a day hours, minutes and seconds. */
export function Countdown({ to }: { readonly to: number }) {
  const left = Math.max(0, to - useChainNow("second"));
  const days = Math.floor(left / 86_400);
  const hours = Math.floor((left % 86_400) / 3_600);
  const minutes = Math.floor((left % 3_600) / 60);
  const seconds = left % 60;
  const two = (n: number) => String(n).padStart(2, "0");
  const parts: readonly (readonly [string, string])[] =
    days > 0
      ? [
          [String(days), words.phase.days(days)],
          [two(hours), words.phase.hours],
          [two(minutes), words.phase.minutes],
        ]
      : [
          [String(hours), words.phase.hours],
          [two(minutes), words.phase.minutes],
          [two(seconds), words.phase.seconds],
        ];
  return (
    <span className="clock figure" role="timer">
      {parts.map(([value, unit]) => (
        <span key={unit} style={{ display: "contents" }}>
          {value}
          <span className="unit">{unit}</span>
        </span>
      ))}
    </span>
  );
}
