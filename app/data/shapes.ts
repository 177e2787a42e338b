import { config } from "zod";
import { appConfigSchema } from "#protocol/config.ts";
import {
  activityAnswer,
  contestAnswer,
  contestsAnswer,
  entriesAnswer,
  historyAnswer,
  nodesAnswer,
  rankingAnswer,
  readyAnswer,
  streamMessageSchema,
  voterAnswer,
} from "#protocol/http.ts";

// The page forbids eval, which zod would otherwise try for speed.
config({ jitless: true });

/** What may come in from outside, by name. In a chunk of its own, so that the first paint does not wait for zod. */
export const shapes = {
  config: appConfigSchema,
  contests: contestsAnswer,
  contest: contestAnswer,
  entries: entriesAnswer,
  ranking: rankingAnswer,
  history: historyAnswer,
  voter: voterAnswer,
  activity: activityAnswer,
  nodes: nodesAnswer,
  ready: readyAnswer,
  message: streamMessageSchema,
};
