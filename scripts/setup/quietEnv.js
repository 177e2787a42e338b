/** The environment in which our tools neither ask, nor report home, nor warn of what we know. */

/**
 * `env` plus: no telemetry of Hardhat (which would ask in a terminal), no download or build of llama.cpp behind our back
 * (the packages hold it), no notice that node:sqlite is new.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function quietEnv(env) {
  const hush = "--disable-warning=ExperimentalWarning";
  const options = env.NODE_OPTIONS ?? "";
  return {
    ...env,
    DO_NOT_TRACK: "1",
    HARDHAT_DISABLE_TELEMETRY: "true",
    NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true",
    NODE_OPTIONS: options.includes(hush) ? options : `${options} ${hush}`.trim(),
  };
}
