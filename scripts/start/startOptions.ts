import { Command, InvalidArgumentError, Option } from "commander";

export type StartOptions = {
  readonly crowd: boolean;
  readonly fast: boolean;
  /** First of the ports that are tried. */
  readonly port: number;
  readonly personhood: "none" | "attested" | "semaphore";
};

const DEFAULT_PORT = 4747;
const LAST_PORT = 65_000;

/** Reads the flags of `npm start`. Ends the process for `--help`, and with a sentence for flags that it does not know. */
export function readStartOptions(argv: readonly string[]): StartOptions {
  return new Command("npm start --")
    .description("Brings up the whole demo on this machine: chain, contest, five models on two nodes, indexer, app.")
    .option("--crowd", "thirty simulated voters, with two days of history, who go on voting", false)
    .option("--fast", "a contest of five minutes, through all phases to paid prizes (with the crowd)", false)
    .option("--port <number>", "port of the app; the services take the next free ones", port, DEFAULT_PORT)
    .addOption(
      new Option(
        "--personhood [kind]",
        "who counts: every coin the same, or persons by the root of their coins, as an issuer attests them or as they prove in zero knowledge",
      )
        .choices(["none", "attested", "semaphore"])
        .preset("attested")
        .default("none"),
    )
    .allowExcessArguments(false)
    .parse(argv)
    .opts<StartOptions>();
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > LAST_PORT)
    throw new InvalidArgumentError(`It must be a number from 1 to ${LAST_PORT}.`);
  return value;
}
