import type { Page } from "@playwright/test";
import { type Bundle, bundleSchema } from "#protocol/node.ts";

/** Where a node is asked for answers. */
export const chatAt = (nodeUrl: string): string => `${nodeUrl.replace(/\/$/, "")}/v1/chat/completions`;

/**
 * Changes, on its way to the page, what the nodes sign about their answers; the answers themselves stay.
 * `change` returns what the page gets, undefined for no receipt.
 */
export async function changeBundles(
  page: Page,
  nodeUrls: readonly string[],
  change: (bundle: Bundle) => Bundle | undefined,
): Promise<void> {
  const changed = (line: string): string => {
    if (!line.startsWith("data: {")) return line;
    const { coindrop, ...rest } = JSON.parse(line.slice("data: ".length));
    if (coindrop === undefined) return line;
    return `data: ${JSON.stringify({ ...rest, coindrop: change(bundleSchema.parse(coindrop)) })}`;
  };
  for (const url of nodeUrls) {
    await page.route(chatAt(url), async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).split("\n").map(changed).join("\n") });
    });
  }
}
