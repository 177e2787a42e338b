import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createRpc } from "../../../indexer/chain/rpc.ts";

test("closing does not wait for an endpoint that is silent", async () => {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rpc = createRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const answer = rpc.header("latest").catch((error: unknown) => error);
  await asked.promise;
  const begun = performance.now();
  await rpc.close();
  expect(await answer).toMatchObject({ shortMessage: "The chain's endpoint does not answer." });
  // The endpoint's own limit, after which the request ends in any case, is 10 s.
  expect(performance.now() - begun).toBeLessThan(8_000);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
