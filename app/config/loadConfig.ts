import { type AppConfig, appConfigSchema } from "#protocol/config.ts";

/** Fetches what this deployment is from the page's own origin. Throws when the server is silent or answers nonsense. */
export async function loadConfig(): Promise<AppConfig> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Error(`GET /config.json answered ${response.status}`);
  const config = appConfigSchema.parse(await response.json());
  return { ...config, rpcUrl: withoutSlash(config.rpcUrl), indexerUrl: withoutSlash(config.indexerUrl) };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}
