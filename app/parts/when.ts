const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const utcClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const utcDay = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

const date = (seconds: number) => new Date(seconds * 1000);

/** `Wed 25 Nov, 01:00` in the visitor's zone. */
export function localMoment(seconds: number): string {
  return `${day.format(date(seconds)).replace(",", "")}, ${clock.format(date(seconds))}`;
}

/** `22 Nov, 10:36:48` in the visitor's zone, to the second. */
export function localSecond(seconds: number): string {
  return `${day.format(date(seconds)).replace(/^\w+,? /, "")}, ${clockSeconds.format(date(seconds))}`;
}

/** `10:51:44` in the visitor's zone. */
export function localTime(seconds: number): string {
  return clockSeconds.format(date(seconds));
}

/** `00:00`, with the day where it differs from the local one. */
export function utcMoment(seconds: number): string {
  const sameDay = day.format(date(seconds)) === utcDay.format(date(seconds));
  return sameDay
    ? utcClock.format(date(seconds))
    : `${utcDay.format(date(seconds)).replace(",", "")}, ${utcClock.format(date(seconds))}`;
}
