import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./data/withoutEval.ts";
import "./look/tokens.css";
import "./look/fonts.css";
import "./look/base.css";
import "./look/controls.css";
import "./look/tables.css";
import { openBrowserStore } from "./config/browserStore.ts";
import { loadConfig } from "./config/loadConfig.ts";
import { ConfigContext } from "./config/useConfig.ts";
import { isNotFound } from "./data/indexer.ts";
import { Failed } from "./parts/States.tsx";
import { createSite } from "./routes.tsx";
import { toast } from "./shell/toasts.ts";
import { words } from "./words/words.ts";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => failures < 1 && !isNotFound(error),
    },
  },
});

// Acts and windows are fetched when they are wanted. Where that fails, a press must not seem to do nothing.
window.addEventListener("vite:preloadError", () => {
  toast("bad", words.states.chunkFailed, words.states.chunkFailedText);
});

const element = document.getElementById("root");
if (element === null) throw new Error("No #root in index.html");
const root = createRoot(element);

// The page most people come for is fetched beside the configuration, not after it.
if (/^\/(contest\/0x[0-9a-fA-F]{40}\/?)?$/.test(location.pathname)) {
  void import("./contest/ContestScreen.tsx");
  void import("./contest/EntriesTab.tsx");
}

async function start(): Promise<void> {
  try {
    const config = await loadConfig();
    openBrowserStore(config);
    const router = createSite(config, client);
    root.render(
      <StrictMode>
        <ConfigContext value={config}>
          <QueryClientProvider client={client}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </ConfigContext>
      </StrictMode>,
    );
  } catch (error) {
    root.render(
      <main className="wrap page">
        <Failed title={words.states.configFailed} error={error} onRetry={() => void start()} />
      </main>,
    );
  }
}

void start();
