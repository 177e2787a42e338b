import { createContext, useContext } from "react";
import type { AppConfig } from "#protocol/config.ts";

export const ConfigContext = createContext<AppConfig | null>(null);

/** The deployment's configuration; the root renders nothing below it before it is there. */
export function useConfig(): AppConfig {
  const config = useContext(ConfigContext);
  if (config === null) throw new Error("useConfig outside the root");
  return config;
}
