import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Adds preload links for the two faces that the first paint needs; the mono face may come later. */
function preloadFaces(faces: readonly string[]): Plugin {
  return {
    name: "coindrop:preload-faces",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const files = Object.keys(context.bundle ?? {});
        return faces.flatMap((face) => {
          const file = files.find((name) => name.includes(face) && name.endsWith(".woff2"));
          if (file === undefined) throw new Error(`No font file for ${face} in the bundle`);
          return [
            {
              tag: "link",
              attrs: { rel: "preload", href: `/${file}`, as: "font", type: "font/woff2", crossorigin: "" },
              injectTo: "head" as const,
            },
          ];
        });
      },
    },
  };
}

/** Programs of wallet vendors behind wagmi's other connectors. See wallet/absentSdk.ts. */
const vendorSdks =
  /^(@base-org\/account|@coinbase\/wallet-sdk|@gemini-wallet\/core|@metamask\/sdk|@safe-global\/.*|@walletconnect\/ethereum-provider|cbw-sdk|porto)(\/.*)?$/;

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  resolve: {
    alias: [{ find: vendorSdks, replacement: fileURLToPath(new URL("wallet/absentSdk.ts", import.meta.url)) }],
  },
  plugins: [react(), preloadFaces(["besley-latin-wght-normal", "hanken-grotesk-latin-wght-normal"])],
  // The prover of personhood runs in a worker that loads in parts.
  worker: { format: "es" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // Data URIs for fonts would defeat the preload.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
});
