/**
 * Stands in for the wallet vendors' own programs that wagmi would load on demand. They call out, weigh megabytes, and no
 * wallet offered here needs them, so the lock file leaves them away and the build resolves them to this. The names are
 * those that wagmi's connectors import at the top; nothing ever calls them.
 */
export const GeminiWalletProvider = undefined;
export const RpcSchema = undefined;
export const z = undefined;
