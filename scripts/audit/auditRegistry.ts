import { Contract } from "ethers";
import { CannotLookError } from "./cannotLookError.ts";
import type { ChainReader } from "./chainReader.ts";
import { firstBlockOf, readLogs, readTimes } from "./chainReader.ts";
import type { RegistryCompared, RegistryHeld } from "./compareWithRegistry.ts";
import { compareWithRegistry } from "./compareWithRegistry.ts";
import { factoryInterface } from "./contestInterface.ts";
import type { Finding } from "./finding.ts";
import { compare } from "./finding.ts";
import { registryEventsOf } from "./readRegistryEvents.ts";
import type { RegistryRecount } from "./recountRegistry.ts";
import { recountRegistry } from "./recountRegistry.ts";
import { registryInterface } from "./registryInterface.ts";
import type { RegistryRules } from "./registryRules.ts";

export type RegistryAudit = {
  readonly registry: string;
  readonly fromBlock: number;
  readonly events: number;
  readonly rules: RegistryRules;
  readonly recount: RegistryRecount;
  readonly compared: RegistryCompared;
  readonly held: RegistryHeld;
  readonly findings: readonly Finding[];
};

/**
 * Recounts a node registry's books from its logs up to `block` and compares them with its views and with what it holds.
 * `contest` must be one that its nodes can speak of. Throws `CannotLookError` when there is no registry.
 */
export async function auditRegistry(
  chain: ChainReader,
  { registry, contest, block }: { readonly registry: string; readonly contest: string; readonly block: number },
): Promise<RegistryAudit> {
  if ((await chain.provider.getCode(registry, block)) === "0x")
    throw new CannotLookError(`There is no contract at ${registry} on chain ${chain.chainId} at block ${block}.`);
  const rules = await readRules(chain, registry, block);
  const fromBlock = await firstBlockOf(chain, registry, block);
  const events = registryEventsOf(await readLogs(chain, { address: registry, from: fromBlock, to: block }));
  const times = await readTimes(chain, [...new Set(events.map((event) => event.block))]);
  const recount = recountRegistry(events, rules, (place) => times.get(place));
  const { findings, compared, held } = await compareWithRegistry({ chain, registry, block, rules, recount });
  const isOurs: boolean = await new Contract(rules.factory, factoryInterface, chain.provider)
    .getFunction("isContest")
    .staticCall(contest, { blockTag: block });
  return {
    registry,
    fromBlock,
    events: events.length,
    rules,
    recount,
    compared,
    held,
    findings: [
      ...recount.broken.map(
        ({ what, event, law }): Finding => ({ where: "registry events", what, recount: law, found: event }),
      ),
      ...findings,
      ...compare("registry", "its nodes can serve this contest", true, isOurs),
    ],
  };
}

async function readRules(chain: ChainReader, registry: string, block: number): Promise<RegistryRules> {
  const contract = new Contract(registry, registryInterface, chain.provider);
  const read = (name: string) => contract.getFunction(name).staticCall({ blockTag: block });
  try {
    const [coin, factory, minStake, minBlockBond] = await Promise.all(
      ["coin", "factory", "minStake", "minBlockBond"].map(read),
    );
    return { coin: coin.toLowerCase(), factory: factory.toLowerCase(), minStake, minBlockBond };
  } catch (error) {
    throw new CannotLookError(`What lives at ${registry} is no node registry of ours: it does not tell its rules.`, {
      cause: error,
    });
  }
}
