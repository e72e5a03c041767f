import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vitest/config";

/** Beside each text file its gzip, so that the program that serves them needs no compressor of its own. */
function zipped(): Plugin {
  return {
    name: "zipped",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync("dist", { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg|json|webmanifest)$/.test(name)) continue;
        const path = join("dist", name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

/** `npm run dev` shows a running `toso serve`: its address in TOSO_URL; its token goes behind `#token=`. */
const served = process.env.TOSO_URL;

export default defineConfig({
  plugins: [svelte(), zipped()],
  build: {
    target: "chrome119",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    port: 1420,
    strictPort: true,
    host: "127.0.0.1",
    proxy: served
      ? Object.fromEntries(
          ["/call", "/changed", "/file"].map((path) => [
            path,
            {
              target: served,
              changeOrigin: true,
              configure: (proxy) =>
                proxy.on("proxyReq", (request) => {
                  request.removeHeader("origin");
                  request.removeHeader("sec-fetch-site");
                }),
            },
          ]),
        )
      : {},
  },
  test: { include: ["src/**/*.test.ts"] },
});
