import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";

export type WatchedRoutes = {
  /** What the server answers, as it told its router: `GET /v1/nodes`. Without HEAD, and without what CORS adds. */
  readonly served: Set<string>;
  /** Those of them that were asked. */
  readonly asked: Set<string>;
};

/** Starts a real server and watches its route table and who asks for what. Source: Fastify, Diagnostics Channel Hooks. */
export async function watchRoutes<T>(start: () => Promise<T>): Promise<WatchedRoutes & { readonly server: T }> {
  const served = new Set<string>();
  const asked = new Set<string>();
  const watch = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => {
      for (const each of [method].flat()) if (each !== "HEAD" && each !== "OPTIONS") served.add(`${each} ${url}`);
    });
    fastify.addHook("onRequest", async ({ method, routeOptions }) => {
      if (routeOptions.url !== undefined) asked.add(`${method} ${routeOptions.url}`);
    });
  };
  subscribe("fastify.initialization", watch);
  try {
    return { server: await start(), served, asked };
  } finally {
    unsubscribe("fastify.initialization", watch);
  }
}
