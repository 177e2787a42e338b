/**
 * Brings the whole demo up and keeps it up until Ctrl-C: `npm start`, `npm start -- --crowd`, `npm start -- --fast`.
 */

import { styleText } from "node:util";
import { BaseError } from "#protocol/errors.ts";
import type { Context } from "./start/context.ts";
import { folders } from "./start/context.ts";
import { createLifetime } from "./start/lifetime.ts";
import { becomeOnlyOne } from "./start/onlyOne.ts";
import { openHouse } from "./start/openHouse.ts";
import { printWelcome } from "./start/printWelcome.ts";
import { readStartOptions } from "./start/startOptions.ts";
import { createSteps } from "./start/steps.ts";

/** As shells say it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
/** Milliseconds between two looks whether whoever started us still lives. */
const PARENT_POLL = 1_000;

const options = readStartOptions(process.argv);
const only = becomeOnlyOne(folders.note);
if (only.isFirst) await run(only);
else sayWhereTheOtherRuns(only.other.appUrl);

async function run({
  tellAddress,
  release,
}: {
  tellAddress: (url: string) => void;
  release: () => void;
}): Promise<void> {
  const lifetime = createLifetime();
  let isUp = false;
  const end = async (sentence: string, code: number): Promise<never> => {
    if (sentence !== "") console.log(`\n  ${sentence}`);
    await lifetime.end();
    release();
    process.exit(code);
  };
  const stop = () => {
    // A second Ctrl-C: whoever is left ends with us, since the channels to them close.
    if (lifetime.signal.aborted) process.exit(INTERRUPTED);
    void end("Stopping …", isUp ? 0 : INTERRUPTED);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  endWithParent(stop);
  process.on("exit", release);

  const context: Context = {
    lifetime,
    say: (sentence) =>
      console.log(sentence.startsWith(" ") ? `  ${sentence}` : `  ${styleText("yellow", "•")} ${sentence}`),
    giveUp: (sentence) => {
      if (!lifetime.signal.aborted) void end(styleText("red", sentence), 1);
    },
  };
  const started = performance.now();
  console.log(`\n  ${styleText("bold", "Coindrop")}: bringing the demo up\n`);
  try {
    const house = await openHouse(
      options,
      context,
      createSteps((line) => console.log(line)),
    );
    isUp = true;
    tellAddress(house.demoFile.appUrl);
    console.log(printWelcome(house, options, (performance.now() - started) / 1_000));
  } catch (error) {
    // What fails because we are stopping is no failure.
    if (lifetime.signal.aborted) return;
    const isOurs = error instanceof BaseError;
    if (!isOurs) console.error(error);
    await end(
      isOurs ? `${styleText("red", "The demo did not come up.")} ${error.message}` : "The demo did not come up.",
      1,
    );
  }
}

/** A killed `npm` tells nobody; its orphans are adopted by another process. */
function endWithParent(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_POLL);
  timer.unref();
}

function sayWhereTheOtherRuns(appUrl: string | null): void {
  console.log(
    appUrl === null
      ? "\n  Another npm start is coming up in this folder; its address will be in its terminal.\n"
      : `\n  Coindrop already runs from this folder: ${styleText(["bold", "cyan"], appUrl)}\n  Stop it with Ctrl-C in its terminal.\n`,
  );
}
