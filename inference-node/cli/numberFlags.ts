import { InvalidArgumentError } from "commander";

type Bounds = { readonly min: number; readonly max: number };

/** Reads a flag's whole number. Throws what commander turns into a sentence. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = within(text, { min, max });
    if (!Number.isInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
    return value;
  };
}

/** Reads a flag's number of any kind, such as a price. Throws what commander turns into a sentence. */
export function amount(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => within(text, { min, max });
}

function within(text: string, { min, max }: Bounds): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  const least = `${min} or more`;
  throw new InvalidArgumentError(
    `It must be a number, ${max === Number.MAX_SAFE_INTEGER ? least : `${min} to ${max}`}.`,
  );
}
