import type { AppConfig } from "#protocol/config.ts";
import { RetryableError } from "#protocol/errors.ts";
import type { Address } from "viem";

const later = async (): Promise<never> => {
  throw new RetryableError("not yet");
};
export const readContests = (_config: AppConfig) => later();
export const readContest = (_config: AppConfig, _contest: Address) => later();
export const readEntries = (_config: AppConfig, _contest: Address) => later();
export const readRanking = (_config: AppConfig, _contest: Address) => later();
export const readVoter = (_config: AppConfig, _contest: Address, _wallet: Address) => later();
export const readHead = (_config: AppConfig): Promise<{ number: number; timestamp: number }> => later();
