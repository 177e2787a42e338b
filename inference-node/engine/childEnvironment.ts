const passed = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "LANG",
  "LD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
  "NODE_COMPILE_CACHE",
];

/** What a process that opens a stranger's file is told of this one's environment: no keys. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
