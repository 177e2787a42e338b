import type { Asked, EndpointName } from "./endpoints.ts";
import { routes } from "./routes.ts";

/** A route's path with what it is asked with: first what its pattern names, the rest as the query. */
export function addressOf<N extends EndpointName>(name: N, asked: Asked<N>): string {
  const rest = new Map(Object.entries(asked).filter(([, value]) => value !== undefined));
  const path = routes[name].replaceAll(/:(\w+)/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams([...rest].map(([key, value]) => [key, String(value)]));
  return query.size === 0 ? path : `${path}?${query}`;
}
