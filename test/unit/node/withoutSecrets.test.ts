import { describe, expect, test } from "vitest";
import { EngineError } from "../../../inference-node/engine/engineError.ts";
import { BadModelFileError } from "../../../inference-node/models/ggufHeader.ts";
import { ModelUnavailableError } from "../../../inference-node/models/modelStore.ts";
import { toApiError } from "../../../inference-node/serve/apiError.ts";
import { publicReason } from "../../../inference-node/serve/publicReason.ts";
import { withoutSecrets } from "../../../inference-node/withoutSecrets.ts";

describe("an address in a text", () => {
  test.each([
    ["https://mainnet.example/v3/0123456789abcdef", "https://mainnet.example/…"],
    ["http://127.0.0.1:8545", "http://127.0.0.1:8545"],
    ["http://127.0.0.1:8545/", "http://127.0.0.1:8545/"],
    ["https://user:password@rpc.example", "https://rpc.example"],
    ["http://127.0.0.1:80/x.json is not https.", "http://127.0.0.1/… is not https."],
    ["https://rpc.example?apikey=secret", "https://rpc.example/…"],
    ["No chain answers at https://eth.example/v2/secret.", "No chain answers at https://eth.example/…."],
    ["(wss://user:secret@rpc.example:443/ws/secret#secret)", "(wss://rpc.example/…)"],
    ['{"url":"http://u:secret@[::1]:9/v1"}', '{"url":"http://[::1]:9/…"}'],
    ["http://u:secret:port said no", "http://… said no"],
    ["HTTPS://KEY@rpc.example and https://other.example/secret", "https://rpc.example and https://other.example/…"],
    ["no address: a/b c:/d 12:30", "no address: a/b c:/d 12:30"],
  ])("keeps scheme, host and port alone: %s", (text, bare) => {
    expect(withoutSecrets(text)).toBe(bare);
  });
});

describe("what anybody reads", () => {
  const secret = "/home/op/models http://user:secret@10.0.0.7:8080/v1/secret";
  const mirrors = { metaMessages: [`tried ${secret}`], cause: null };

  test.each<[string, unknown, RegExp]>([
    ["of a file that is none", new BadModelFileError("This model file was refused: no heads."), /no heads/],
    [
      "of a file that no mirror has",
      new ModelUnavailableError("m.gguf could not be had.", mirrors),
      /could not be had/,
    ],
    ["of anything else", new Error(`ENOENT: ${secret}`), /log says why/],
    ["of a model that does not load", new EngineError("load_failed", secret), /does not load/],
    ["of an engine that breaks", new EngineError("failed", `ECONNREFUSED ${secret}`), /failed while answering/],
  ])("%s has no path, no address and no key", (_what, error, words) => {
    const reason = publicReason(error);
    expect(reason).toMatch(words);
    expect(reason).not.toMatch(/secret|10\.0\.0\.7|home/);
    expect(toApiError(error).body.error.message).not.toMatch(/secret|10\.0\.0\.7|home/);
  });
});
