import { shortMessageOf } from "#protocol/errors.ts";
import { isPublicAddress } from "../models/publicAddress.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";

/** Whether the world can reach the node where it says that it is. `registered`: what the registry tells the world. */
export async function checkEndpoint(
  endpoint: string | undefined,
  registered: string | null,
  ask: (url: string) => Promise<number> = askRoot,
): Promise<Finding[]> {
  if (endpoint === undefined)
    return [care("endpoint", "none is configured", "Say --endpoint https://… when the world should reach this node.")];
  const findings: Finding[] = [];
  if (registered !== null && registered !== "" && registered !== endpoint)
    findings.push(
      mend(
        "endpoint",
        `the registry says ${registered}, the configuration ${endpoint}`,
        `npm run node -- endpoint ${endpoint}`,
      ),
    );
  const { protocol, hostname } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  const loopback = host === "localhost" || host === "::1" || /^127\./.test(host);
  if (loopback)
    findings.push(
      care("endpoint", `${endpoint} is this machine only`, "Nobody else reaches it. For a demo that is fine."),
    );
  else if (/^[\d.]+$|:/.test(host) && !isPublicAddress(host))
    findings.push(care("endpoint", `${host} is a private address`, "Only your own network reaches it."));
  if (protocol === "http:" && !loopback)
    findings.push(
      care(
        "https",
        "a page served over https cannot call a node over plain http: browsers block it",
        "Give the node a certificate (--tls-cert, --tls-key), or put it behind a proxy that has one, and register the https address.",
      ),
    );
  findings.push(
    await ask(endpoint).then(
      (status) =>
        status === 200
          ? good("endpoint", `${endpoint} answers`)
          : mend(
              "endpoint",
              `${endpoint} answers with status ${status}`,
              "Is it this node? Look at the proxy before it.",
            ),
      (error: unknown) =>
        care(
          "endpoint",
          `${endpoint} does not answer: ${shortMessageOf(error)}`,
          "Start it with `npm run node -- serve`; if it runs, look at firewall, router and proxy.",
        ),
    ),
  );
  return findings;
}

async function askRoot(endpoint: string): Promise<number> {
  const answer = await fetch(new URL("/", endpoint), { signal: AbortSignal.timeout(10_000) });
  return answer.status;
}
