import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const BUILT = "../src/segue/edge/console/built";

/** Writes NAME.gz beside each text file, so that the server never compresses. */
function precompress(): Plugin {
  const walk = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
  let folder = "";
  return {
    name: "segue-precompress",
    apply: "build",
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle() {
      for (const path of walk(folder)) {
        if (!/\.(js|css|svg)$/.test(path)) continue;
        const plain = readFileSync(path);
        const packed = gzipSync(plain, { level: 9 });
        if (packed.length < plain.length) writeFileSync(`${path}.gz`, packed);
      }
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), precompress()],
  // the server writes a fresh nonce over this word in every answer
  html: { cspNonce: "SEGUE_NONCE" },
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // the console, and the pages of touchpoints, which load nothing of it
      input: ["index.html", "screens.html"],
      output: {
        // without these every icon and small component that two pages share is a file and a request of its own
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]|vite.preload-helper/, priority: 9 },
            { name: "icons", test: /@tabler.icons-react/, priority: 3 },
            { name: "shared", test: /console.src.(parts|api|app).*\.tsx?$/, minShareCount: 2, maxModuleSize: 40_000, priority: 2 },
            { name: "mantine", test: /node_modules.(@mantine|@floating-ui)./, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/api", "/health", "/v1"].map((path) => [path, process.env.SEGUE_URL ?? "http://127.0.0.1:8080"]),
    ),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], isolate: false },
});
