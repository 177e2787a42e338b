import { MultiBar } from "cli-progress";

/** How far the reading or fetching of one file is. Shown from the first call of `at` on. */
export type ByteProgress = { readonly at: (bytes: number) => void; readonly end: () => void };

/** Opens the progress of `total` bytes. */
export type OpenProgress = (what: string, total: number) => ByteProgress;

/** What a person at a terminal sees on standard error: lines, and below them a bar for each file on its way. */
export type Terminal = { readonly progress: OpenProgress; readonly print: (line: string) => void };

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  let bars: MultiBar | null = null;
  let open = 0;

  return {
    progress(what, total) {
      if (!stream.isTTY) return silent;
      let bar: ReturnType<MultiBar["create"]> | null = null;
      return {
        at(bytes) {
          if (bar === null) {
            open += 1;
            bars ??= new MultiBar({
              format,
              stream,
              hideCursor: true,
              formatTime: timeLeft,
              clearOnComplete: true,
              gracefulExit: false,
            });
            bar = bars.create(total, 0, { what, megabytes: (total / 1e6).toFixed(1) });
          }
          bar.update(bytes);
        },
        end() {
          if (bar === null) return;
          bar.stop();
          bars?.remove(bar);
          bar = null;
          open -= 1;
          if (open > 0) return;
          bars?.stop();
          bars = null;
        },
      };
    },
    print(line) {
      if (bars === null) stream.write(`${line}\n`);
      else bars.log(`${line}\n`);
    },
  };
}

export const silent: ByteProgress = { at: () => undefined, end: () => undefined };

const format = "{what} {bar} {percentage} % of {megabytes} MB{eta_formatted}";

/** `seconds`: as far as known yet. */
function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  return seconds < 100 ? `, ${Math.ceil(seconds)} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}
