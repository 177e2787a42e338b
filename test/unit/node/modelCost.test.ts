import { expect, test } from "vitest";
import { costOfTokens, costsSchema } from "../../../inference-node/serve/modelCost.ts";

test("a million tokens cost their electricity and their share of the card", () => {
  const costs = costsSchema.parse({ watts: 300, pricePerKwh: 0.3, hardwarePrice: 1_600, lifetimeYears: 4 });
  // 100 tokens/s: 10,000 s; 0.8333 kWh; 10,000 s of 126,230,400.
  const cost = costOfTokens(costs, 100);
  expect(cost.electricity).toBeCloseTo(0.25, 9);
  expect(cost.hardware).toBeCloseTo(0.126752, 6);
  expect(cost.perMillionTokens).toBeCloseTo(0.376752, 6);
  expect(cost.currency).toBe("USD");
});

test("a machine that is there anyway costs its electricity only", () => {
  expect(costOfTokens(costsSchema.parse({ watts: 5, pricePerKwh: 0.2 }), 10).perMillionTokens).toBeCloseTo(0.027778, 6);
});
