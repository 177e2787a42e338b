/** Runs apart from the page, so that the page stays alive while a proof is made. Nothing that it is told leaves it. */

import { Group, generateProof, Identity } from "@semaphore-protocol/core";
import wasm from "@zk-kit/semaphore-artifacts/semaphore-16.wasm?url";
import zkey from "@zk-kit/semaphore-artifacts/semaphore-16.zkey?url";
import { encodeSemaphoreProof, SEMAPHORE_DEPTH } from "#protocol/semaphoreProof.ts";
import type { ProverAnswer, ProverRequest } from "./prover.ts";

type Scope = {
  onmessage: ((event: MessageEvent<ProverRequest>) => void) | null;
  postMessage(answer: ProverAnswer): void;
};

const scope = globalThis as unknown as Scope;

scope.onmessage = ({ data }) => {
  answer(data).then(
    (value) => scope.postMessage({ value }),
    (error: unknown) => scope.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
};

async function answer(request: ProverRequest): Promise<string> {
  const identity = new Identity(request.secret);
  if (request.ask === "commitment") return identity.commitment.toString();
  const { members, message, scope: named } = request;
  const here = (file: string) => new URL(file, location.origin).href;
  const files = { wasm: here(wasm), zkey: here(zkey) };
  return encodeSemaphoreProof(
    await generateProof(identity, new Group(members), message, named, SEMAPHORE_DEPTH, files),
  );
}
