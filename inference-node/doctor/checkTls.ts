import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { shortMessageOf } from "#protocol/errors.ts";
import type { Finding } from "./finding.ts";
import { care, good, mend } from "./finding.ts";

const soon = 14 * 86_400_000;

/** Whether the node's own certificate can be used, for how long, and for the endpoint's name. `now`: milliseconds. */
export async function checkTls(
  files: { readonly cert: string; readonly key: string },
  endpoint: string | undefined,
  now: number,
): Promise<Finding> {
  try {
    const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
    createSecureContext({ cert, key });
    const certificate = new X509Certificate(cert);
    const until = Date.parse(certificate.validTo);
    const name = endpoint === undefined ? null : new URL(endpoint).hostname.replace(/^\[|\]$/g, "");
    if (until < now) return mend("certificate", `ran out on ${certificate.validTo}`, "Renew it.");
    const named =
      name === null || (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
    if (!named)
      return mend("certificate", `is not for ${name}`, "Get one for the endpoint's name, or change the endpoint.");
    if (until - now < soon)
      return care(
        "certificate",
        `runs out on ${certificate.validTo}`,
        "Renew it; a running node reads it anew within the hour.",
      );
    return good("certificate", `good until ${certificate.validTo}`);
  } catch (error) {
    return mend(
      "certificate",
      `cannot be used: ${shortMessageOf(error)}`,
      "Look at tls.cert and tls.key in the configuration.",
    );
  }
}
