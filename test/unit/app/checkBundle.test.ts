import { expect, test } from "vitest";
import type { AppConfig } from "#protocol/config.ts";
import type { ContestView, EntryView } from "#protocol/http.ts";
import type { NodeView } from "#protocol/httpNodes.ts";
import type { Bundle } from "#protocol/node.ts";
import { chatClient } from "../../../app/entry/chatClient.ts";
import { checkBundle } from "../../../app/entry/checkBundle.ts";

const config = { chainId: 31_337, nodeRegistry: `0x${"0e".repeat(20)}` } as unknown as AppConfig;
const served = {
  contest: { address: `0x${"0c".repeat(20)}` } as unknown as ContestView,
  entry: { entryId: 1 } as unknown as EntryView,
  node: { address: `0x${"0a".repeat(20)}`, keys: [] } as unknown as NodeView,
};

/** What a node said, with a signature that is none, so that no chain is asked. */
const bundle = (nonce: string, client: string) =>
  ({
    receipt: { nonce, client, epoch: String(Math.floor(Date.now() / 3_600_000)) },
    signature: "0x1234",
    salt: `0x${"00".repeat(16)}`,
    promptTokens: [],
    outputTokens: [],
    params: {},
  }) as unknown as Bundle;

test("a receipt is new once: sent again, it is an old one", async () => {
  const check = async (nonce: string) => (await checkBundle(config, bundle(nonce, chatClient()), served)).passed;
  expect(await check("1")).toMatchObject({ nonce: true, client: true, time: true });
  expect(await check("2")).toMatchObject({ nonce: true });
  expect(await check("1")).toMatchObject({ nonce: false });
});

test("a receipt made out to another page is none of this one's", async () => {
  const { passed, holds } = await checkBundle(config, bundle("3", `0x${"c2".repeat(20)}`), served);
  expect([passed.client, holds]).toEqual([false, false]);
});
