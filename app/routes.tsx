import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { Address } from "viem";
import type { AppConfig } from "#protocol/config.ts";
import { contestQuery, contestsQuery, entriesQuery } from "./data/queries.ts";
import { Empty } from "./parts/States.tsx";
import { Root } from "./shell/Root.tsx";
import { useTitle } from "./shell/useTitle.ts";
import { words } from "./words/words.ts";

function NotFound() {
  useTitle(words.states.notFoundTitle);
  return (
    <div className="wrap page">
      <Empty
        level="h1"
        title={words.states.notFoundTitle}
        action={
          <a className="btn" href="/">
            {words.states.home}
          </a>
        }
      >
        {words.states.notFound}
      </Empty>
    </div>
  );
}

/** Every address of the site. Pages come in chunks of their own; their data is asked for beside the chunk, not after it. */
export function createSite(config: AppConfig, client: QueryClient) {
  const warm = (contest: string) => {
    void client.prefetchQuery(contestQuery(config, contest.toLowerCase() as Address));
    void client.prefetchQuery(entriesQuery(config, contest.toLowerCase() as Address));
  };
  const root = createRootRoute({ component: Root, notFoundComponent: NotFound });
  const home = createRoute({
    getParentRoute: () => root,
    path: "/",
    loader: () => {
      const [only, second] = config.contests;
      if (only !== undefined && second === undefined) warm(only);
      else void client.prefetchQuery(contestsQuery(config));
    },
    component: lazyRouteComponent(() => import("./home/HomeScreen.tsx"), "HomeScreen"),
  });
  const contest = createRoute({
    getParentRoute: () => root,
    path: "/contest/$address",
    loader: ({ params }) => warm(params.address),
    component: lazyRouteComponent(() => import("./contest/ContestScreen.tsx"), "ContestScreen"),
  });
  const entries = createRoute({
    getParentRoute: () => contest,
    path: "/",
    component: lazyRouteComponent(() => import("./contest/EntriesTab.tsx"), "EntriesTab"),
  });
  const ranking = createRoute({
    getParentRoute: () => contest,
    path: "/ranking",
    component: lazyRouteComponent(() => import("./contest/RankingTab.tsx"), "RankingTab"),
  });
  const rules = createRoute({
    getParentRoute: () => contest,
    path: "/rules",
    component: lazyRouteComponent(() => import("./contest/RulesTab.tsx"), "RulesTab"),
  });
  const activity = createRoute({
    getParentRoute: () => contest,
    path: "/activity",
    component: lazyRouteComponent(() => import("./contest/ActivityTab.tsx"), "ActivityTab"),
  });
  const result = createRoute({
    getParentRoute: () => contest,
    path: "/result",
    component: lazyRouteComponent(() => import("./contest/ResultTab.tsx"), "ResultTab"),
  });
  const entry = createRoute({
    getParentRoute: () => root,
    path: "/contest/$address/entry/$id",
    loader: ({ params }) => warm(params.address),
    component: lazyRouteComponent(() => import("./entry/EntryScreen.tsx"), "EntryScreen"),
  });
  const coins = createRoute({
    getParentRoute: () => root,
    path: "/coins",
    component: lazyRouteComponent(() => import("./coins/CoinsScreen.tsx"), "CoinsScreen"),
  });
  const nodes = createRoute({
    getParentRoute: () => root,
    path: "/nodes",
    component: lazyRouteComponent(() => import("./nodes/NodesScreen.tsx"), "NodesScreen"),
  });
  const audit = createRoute({
    getParentRoute: () => root,
    path: "/audit",
    component: lazyRouteComponent(() => import("./audit/AuditScreen.tsx"), "AuditScreen"),
  });
  const powers = createRoute({
    getParentRoute: () => root,
    path: "/powers",
    component: lazyRouteComponent(() => import("./powers/PowersScreen.tsx"), "PowersScreen"),
  });
  const routeTree = root.addChildren([
    home,
    contest.addChildren([entries, ranking, rules, activity, result]),
    entry,
    coins,
    nodes,
    audit,
    powers,
  ]);
  return createRouter({
    routeTree,
    scrollRestoration: true,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 10_000,
  });
}

declare module "@tanstack/react-router" {
  // biome-ignore lint/style/useConsistentTypeDefinitions: the router is told its routes by merging into its interface
  interface Register {
    router: ReturnType<typeof createSite>;
  }
}
