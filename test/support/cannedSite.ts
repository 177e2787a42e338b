/**
 * The built app over canned answers of an indexer: for looking at pages and for tests of what is drawn, without a chain.
 */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import { json as readJson } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Address, Hex } from "viem";
import { type CannedChat, cannedKeys, cannedStream } from "./cannedNode.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export const cannedContest = "0x3f9a0000000000000000000000000000000c4170";
export const cannedVoter = "0xa11ce00000000000000000000000000000000001";
const coin = { address: "0xc000000000000000000000000000000000000001", symbol: "DROP", name: "Drop", decimals: 18 };
const hash = (seed: number) => `0x${seed.toString(16).padStart(2, "0").repeat(32)}`;
const address = (seed: number) => `0x${seed.toString(16).padStart(2, "0").repeat(20)}`;
const wei = (coins: number) => (BigInt(Math.round(coins * 1e6)) * 10n ** 12n).toString();

export type CannedOptions = {
  readonly phase?: "entry" | "voting" | "counting" | "final";
  readonly entries?: number;
  readonly indexer?: "up" | "down" | "slow";
  readonly crowd?: boolean;
  /** Whether the chain says whose key is whose. It answers nothing else. */
  readonly registry?: "up" | "down";
  /** How the nodes answer: the first one may refuse, receipts may lie or be left away. */
  readonly chat?: CannedChat;
  /** Entry that its author took back. */
  readonly retracted?: number;
  /** Entries that hold coins of whoever asks. */
  readonly staked?: readonly number[];
  /** Whether nodes lost stake, leave and are asked for blocks. */
  readonly nodes?: "sound" | "troubled";
  /** Whether a relay is named; it answers nothing. */
  readonly relay?: boolean;
  /** Folder of the built app. */
  readonly dist?: string;
};

const demoNames = ["bedtime", "clauses", "tickermood", "haiku", "sums"] as const;

function draft(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(root, `scripts/demo/entries/${name}.json`), "utf8")) as Record<
    string,
    unknown
  >;
}

/** All answers for one state of the contest, by path. */
function answersFor(options: CannedOptions) {
  const { phase = "voting", entries: wanted = 5, staked = [1, 3] } = options;
  const now = Math.floor(Date.now() / 1000);
  const block = (number: number, timestamp = now) => ({ number, hash: hash(number % 250), timestamp });
  const at = { chainId: 31337, block: block(8421), finalized: 8410 };
  const shift = { entry: 2 * 86_400, voting: -2 * 86_400, counting: -9 * 86_400, final: -9 * 86_400 }[phase];
  const votesOpen = now + shift;
  const rules = {
    coin: coin.address,
    prizeToken: coin.address,
    personhood: address(0),
    arbitrator: address(0xa7),
    // Of no bytes.
    arbitratorExtraDataHash: "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    declarationHash: hash(7),
    entriesOpen: votesOpen - 3 * 86_400,
    votesOpen,
    countFrom: votesOpen + 86_400,
    votesClose: votesOpen + 86_400 + 3 * 86_400,
    rulingTimeout: 86_400,
    maxEntries: 1000,
    maxModelBytes: 6 * 2 ** 30,
    personCap: "0",
    entryCap: "0",
    entryBond: wei(10),
    challengeBond: wei(10),
    minTally: "0",
    split: [4000, 2000, 1200, 800, 500, 500, 400, 300, 200, 100],
  };
  const window = BigInt(rules.votesClose - rules.countFrom);
  const file = (id: number) => ({
    role: "model",
    name: "model.gguf",
    size: 1_089_888 + id,
    sha256: hash(id).slice(2),
    piecesRoot: hash(id + 50).slice(2),
    pieceLength: 1_048_576,
    pieceLayer: [hash(id + 60).slice(2), hash(id + 61).slice(2)],
    urls: [],
  });
  const entries = Array.from({ length: wanted }, (_, index) => {
    const id = index + 1;
    const name = demoNames[index % demoNames.length] ?? "sums";
    const weight =
      BigInt(wei([128.4, 97.81, 241.37, 149.2, 187.04][index % 5] ?? 1)) / BigInt(1 + Math.floor(index / 5));
    const status =
      id === options.retracted ? "retracted" : index === 6 ? "removed" : index === 5 ? "challenged" : "live";
    const challenge = {
      challengeId: id,
      challenger: address(0xc4),
      disputeId: "0",
      evidenceURI: "https://example.org/why-not",
      openedAt: block(8000, now - 86_400),
      due: now + 6 * 86_400,
      evidence: [
        { party: address(0xc4), evidenceURI: "https://example.org/why-not", block: block(8000, now - 86_400) },
      ],
      evidenceCount: 1,
      closed: status === "removed" ? { ruling: 2, lapsed: false, block: block(8200, now - 3_600) } : null,
    };
    return {
      entryId: id,
      author: address(id + 0x10),
      manifestHash: hash(id + 0x20),
      modelSha256: hash(id),
      modelRoot: hash(id + 50),
      modelSize: 1_089_888 + id,
      manifestURI: `http://127.0.0.1/manifests/${id}`,
      submittedAt: block(100 + id, rules.entriesOpen + id * 600),
      status,
      manifest:
        index === 7
          ? { state: "unavailable", reason: "timeout" }
          : {
              state: "present",
              manifest: { version: 1, ...draft(name), name: index < 5 ? name : `${name}-${id}`, files: [file(id)] },
            },
      weight: weight.toString(),
      acc: "0",
      last: 0,
      score: (weight * window).toString(),
      tally: weight.toString(),
      support: "0",
      staked: weight.toString(),
      voters: 30 + id,
      nodes: index === 8 ? 0 : 2,
      challenges: status === "live" || status === "retracted" ? [] : [challenge],
    };
  });
  const ranked = entries
    .filter(({ status }) => status !== "removed" && status !== "retracted")
    .sort((a, b) => Number(BigInt(b.score) - BigInt(a.score) > 0n) - Number(BigInt(b.score) - BigInt(a.score) < 0n));
  const rankOf = new Map(ranked.map(({ entryId }, index) => [entryId, index + 1]));
  const rows = [...ranked, ...entries.filter((entry) => !ranked.includes(entry))].map((entry) => {
    const rank = rankOf.get(entry.entryId) ?? null;
    return {
      rank,
      rankBefore: rank === null ? null : ([2, 1, 3, 5, 4][rank - 1] ?? null),
      entryId: entry.entryId,
      name:
        entry.manifest.state === "present"
          ? String((entry.manifest as { manifest: { name: string } }).manifest.name)
          : null,
      author: entry.author,
      status: entry.status,
      score: entry.score,
      tally: entry.tally,
      weight: entry.weight,
      voters: entry.voters,
      support: entry.support,
      prize: rank === null || rank > 10 ? "0" : wei(((rules.split[rank - 1] ?? 0) / 10_000) * 1000),
    };
  });
  const final = phase === "final";
  const contest = {
    address: cannedContest,
    creator: address(0x99),
    createdAt: block(50, rules.entriesOpen - 500),
    rules,
    coin,
    prizeToken: coin,
    phase,
    entryCount: entries.length,
    liveCount: entries.length,
    voters: 312,
    pot: wei(1000),
    counted: final ? entries.length : 0,
    result: final
      ? {
          entryIds: Array.from({ length: 10 }, (_, index) => ranked[index]?.entryId ?? 0),
          pot: wei(1000),
          unheld: wei(200),
          block: block(8400, rules.votesClose + 60),
        }
      : null,
    claims: final
      ? [{ rank: 1, entryId: ranked[0]?.entryId ?? 1, to: ranked[0]?.author ?? address(1), amount: wei(400) }]
      : [],
  };
  const points = Array.from({ length: 40 }, (_, index) => ({
    timestamp: votesOpen + index * 4_300,
    scores: Object.fromEntries(
      entries.map(({ entryId, weight }) => [
        entryId,
        (BigInt(weight) * BigInt(100 + Math.round(60 * Math.sin(index / 6 + entryId * 2)))).toString(),
      ]),
    ),
  }));
  const sound = [0, 1].map((index) => ({
    address: address(0xa0 + index),
    endpoint: `http://127.0.0.1:${9000 + index}`,
    stake: wei(200 + 150 * index),
    active: true,
    leavesAt: null,
    keys: [cannedKeys[index]],
    registeredAt: block(60),
    attestations: entries.map(({ entryId }) => ({
      contest: cannedContest,
      entryId,
      key: address(0xb0 + index),
      engine: hash(9),
      epoch: Math.floor(now / 3600) - index * 5,
      matches: true,
      block: block(8000),
    })),
    slashings: [],
    blockChallenges: [],
    blocksAnswered: 3,
    blocksExpired: 0,
  }));
  const nodes = options.nodes === "troubled" ? troubled(sound, now) : sound;
  const activity = Array.from({ length: 30 }, (_, index) => ({
    kind: ["dropped", "withdrew", "dropped"][index % 3],
    block: block(8400 - index * 7, now - index * 400),
    logIndex: index,
    transaction: hash(index),
    entryId: (index % 5) + 1,
    account: address(0xc0 + (index % 4)),
    amount: wei(1 + index / 4),
    stake: wei(10),
    weight: wei(10),
  }));
  const voter = {
    wallet: cannedVoter,
    nullifier: null,
    stakes: staked.map((entryId, index) => {
      const stake = wei([1, 2.25][index] ?? 3);
      return { entryId, stake, weight: stake, changedAt: block(8000 + 100 * index) };
    }),
    credits: [{ token: coin.address, amount: wei(9) }],
    funded: "0",
    entries: [],
  };
  return { at, contest, entries, rows, points, nodes, activity, voter, rules };
}

/** The sound nodes and four more: slashed by half and active, slashed below the least stake, leaving, gone. */
function troubled<N extends { readonly attestations: readonly object[] }>(sound: readonly N[], now: number) {
  const [model] = sound;
  if (model === undefined) throw new Error("no node");
  const on = { contest: cannedContest, entryId: 3 };
  const block = (number: number) => ({ number, hash: hash(number % 250), timestamp: now - 86_400 });
  const slashing = (fault: string, coins: number, evidence: number) => ({
    ...{ ...on, fault, evidence: hash(evidence), bringer: address(0xc4), amount: wei(coins), reward: wei(coins / 10) },
    block: block(7000 + evidence),
  });
  const asked = { challengeId: "4", ...on, index: 17, challenger: address(0xc4), bond: wei(0.005) };
  const other = (seed: number, more: object) => ({
    ...{ ...model, address: address(seed), attestations: model.attestations.slice(0, 2), blocksAnswered: 0 },
    ...more,
  });
  return [
    ...sound,
    other(0xa2, {
      stake: wei(320),
      slashings: [slashing("missingBlock", 80, 1)],
      blockChallenges: [{ ...asked, openedAt: block(8300), answerBy: now + 7_200 }],
      ...{ blocksAnswered: 1, blocksExpired: 1 },
    }),
    other(0xa3, {
      ...{ stake: "0", active: false },
      slashings: [slashing("falseAttestation", 200, 2), slashing("falseReceipt", 20, 3)],
    }),
    other(0xa4, { active: false, leavesAt: now + 5 * 86_400 }),
    other(0xa5, { ...{ stake: "0", active: false, leavesAt: now - 86_400 }, attestations: [] }),
  ];
}

/** Starts the site on a free port. Close it after use. */
export async function startCannedSite(
  options: CannedOptions = {},
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const canned = answersFor(options);
  const dist = options.dist ?? path.join(root, "app/dist");
  const server: Server = createServer((request, response) => {
    void answer(request, response);
  });
  const json = (response: ServerResponse, body: unknown, status = 200) => {
    response.writeHead(status, { "content-type": "application/json", "access-control-allow-origin": "*" });
    response.end(JSON.stringify(body));
  };

  const origin = () => `http://127.0.0.1:${(server.address() as { port: number }).port}`;

  /** Answers what a balance and the arbitrator's fee are, and `nodeOfKey`; refuses all else. */
  async function chain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    type Asked = { readonly id: number; readonly method: string; readonly params: readonly { data?: string }[] };
    const asked = (await readJson(request)) as Asked | readonly Asked[];
    const reply = ({ id, method, params }: Asked) => {
      const call = params[0]?.data ?? "";
      const word = (value: bigint) => ({ jsonrpc: "2.0", id, result: `0x${value.toString(16).padStart(64, "0")}` });
      // Selectors of `balanceOf(address)` and `arbitrationCost(bytes)`.
      if (method === "eth_call" && call.startsWith("0x70a08231")) return word(BigInt(wei(125)));
      if (method === "eth_call" && call.startsWith("0xf7434ea9")) return word(BigInt(wei(0.01)));
      const index = cannedKeys.findIndex((key) => params[0]?.data?.endsWith(key.slice(2)));
      const node = canned.nodes[index]?.address ?? address(0);
      return method === "eth_call"
        ? { jsonrpc: "2.0", id, result: `0x${node.slice(2).padStart(64, "0")}` }
        : { jsonrpc: "2.0", id, error: { code: -32_601, message: "not here" } };
    };
    json(response, Array.isArray(asked) ? asked.map(reply) : reply(asked as Asked));
  }

  async function chat(index: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const way = options.chat ?? "honest";
    const allow = {
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "content-type, x-coindrop-client",
    };
    if (way === "firstRefuses" && index === 0) {
      response.writeHead(503, allow);
      response.end("{}");
      return;
    }
    const entry = canned.entries.find(({ entryId }) => entryId === 5);
    if (entry === undefined) throw new Error("no entry 5");
    const { manifestHash, modelRoot } = entry;
    response.writeHead(200, { ...allow, "content-type": "text/event-stream" });
    response.end(
      await cannedStream({
        node: canned.nodes[index]?.address as Address,
        index,
        client: String(request.headers["x-coindrop-client"] ?? address(0)),
        contest: cannedContest,
        registry: address(0xf1) as Address,
        chainId: 31_337,
        entry: { entryId: 5, manifestHash: manifestHash as Hex, modelRoot: modelRoot as Hex },
        chat: way,
      }),
    );
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const { at } = canned;
    const base = `/v1/contests/${cannedContest}`;
    if (pathname === "/config.json") {
      json(response, {
        chainId: 31337,
        chainName: "Local demo chain",
        rpcUrl: `${origin()}/rpc`,
        indexerUrl: origin(),
        relayUrl: options.relay === true ? `${origin()}/relay` : null,
        factory: address(0xf0),
        nodeRegistry: address(0xf1),
        coin: coin.address,
        contests: [cannedContest],
        demo: {
          session: "canned",
          fundUrl: "/demo/fund",
          credentialUrl: null,
          memberUrl: null,
          crowd: options.crowd === true ? [address(0xc0), address(0xc1)] : [],
        },
      });
      return;
    }
    if (pathname.startsWith("/v1/") || pathname === "/ready") {
      if (options.indexer === "down") {
        response.destroy();
        return;
      }
      if (options.indexer === "slow") return;
    }
    if (pathname === "/rpc" && options.indexer !== "down" && options.registry !== "down")
      return chain(request, response);
    if (pathname === "/ready")
      return json(response, {
        ready: true,
        chainId: 31337,
        head: at.block.number,
        indexed: at.block.number,
        lag: 0,
        reason: null,
      });
    if (pathname === "/v1/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "access-control-allow-origin": "*" });
      response.write(": hello\n\n");
      return;
    }
    if (pathname === "/v1/contests") return json(response, { at, contests: [canned.contest] });
    if (pathname === base) return json(response, { at, contest: canned.contest });
    if (pathname === `${base}/entries`) return json(response, { at, entries: canned.entries });
    if (pathname === `${base}/ranking`) {
      return json(response, {
        at,
        phase: canned.contest.phase,
        window: { countFrom: canned.rules.countFrom, votesClose: canned.rules.votesClose },
        rows: canned.rows,
      });
    }
    if (pathname === `${base}/history`)
      return json(response, {
        at,
        from: canned.points[0]?.timestamp,
        to: canned.points.at(-1)?.timestamp,
        points: canned.points,
      });
    if (pathname === `${base}/activity`) return json(response, { at, items: canned.activity, next: null });
    if (pathname.startsWith(`${base}/voters/`)) return json(response, { at, voter: canned.voter });
    if (pathname === "/v1/nodes") {
      const nodes = canned.nodes.map((node, index) => ({ ...node, endpoint: `${origin()}/node/${index}` }));
      return json(response, { at, nodes });
    }
    const node = /^\/node\/(\d)\/v1\/chat\/completions$/.exec(pathname)?.[1];
    if (node !== undefined) return chat(Number(node), request, response);
    if (pathname.startsWith("/v1/")) return json(response, { error: { message: "unknown" } }, 404);
    const file = path.join(dist, pathname);
    const body = await readFile(path.extname(pathname) === "" ? path.join(dist, "index.html") : file).catch(() => null);
    if (body === null) {
      response.writeHead(404);
      response.end();
      return;
    }
    response.writeHead(200, { "content-type": types[path.extname(pathname) || ".html"] ?? "application/octet-stream" });
    response.end(body);
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
