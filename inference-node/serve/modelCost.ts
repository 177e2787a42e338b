import { z } from "zod";

/** What an operator pays for a machine, in one currency. */
export const costsSchema = z.strictObject({
  /** ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capital letters, such as USD")
    .default("USD"),
  /** Watts drawn while a model answers. */
  watts: z.number().min(0).max(1_000_000),
  pricePerKwh: z.number().min(0).max(1_000),
  /** Price of card or machine; 0 for one that is there anyway. */
  hardwarePrice: z.number().min(0).max(100_000_000).default(0),
  /** Years over which that price is spread. */
  lifetimeYears: z.number().gt(0).max(100).default(3),
});
export type Costs = z.infer<typeof costsSchema>;

export type TokenCost = {
  readonly currency: string;
  /** Per million tokens of answers. */
  readonly perMillionTokens: number;
  readonly electricity: number;
  readonly hardware: number;
};

const secondsPerYear = 31_557_600;

/** What a million tokens cost at a measured speed while the machine does nothing else. `tokensPerSecond` above 0. */
export function costOfTokens(costs: Costs, tokensPerSecond: number): TokenCost {
  const seconds = 1_000_000 / tokensPerSecond;
  const electricity = ((costs.watts / 1_000) * seconds * costs.pricePerKwh) / 3_600;
  const hardware = (costs.hardwarePrice * seconds) / (costs.lifetimeYears * secondsPerYear);
  return { currency: costs.currency, perMillionTokens: electricity + hardware, electricity, hardware };
}
