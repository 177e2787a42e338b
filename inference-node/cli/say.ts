/** Prints a command's result: lines for a person, or with --json one JSON value and nothing else. */
export function say(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, bigintAsText)}\n` : `${lines.join("\n")}\n`);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
