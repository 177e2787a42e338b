import type { AppConfig } from "#protocol/config.ts";
import { loadShapes } from "../data/loadShapes.ts";

/** Fetches what this deployment is from the page's own origin. Throws when the server is silent or answers nonsense. */
export async function loadConfig(): Promise<AppConfig> {
  const [response, { shapes }] = await Promise.all([fetch("/config.json", { cache: "no-store" }), loadShapes()]);
  if (!response.ok) throw new Error(`GET /config.json answered ${response.status}`);
  const config = shapes.config.parse(await response.json());
  const { rpcUrl, indexerUrl, relayUrl } = config;
  return {
    ...config,
    rpcUrl: withoutSlash(rpcUrl),
    indexerUrl: withoutSlash(indexerUrl),
    relayUrl: relayUrl === null ? null : withoutSlash(relayUrl),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
