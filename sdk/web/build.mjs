// Builds the package (dist/index.js with its types, for bundlers) and the script that the collector serves.
// Argument: the folder that the script goes to as well, e.g. src/segue/edge/collecting/sdk.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = import.meta.dirname;
const dist = join(here, "dist");
const [served] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const common = {
  bundle: true,
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  define: { SEGUE_VERSION: JSON.stringify(version) },
};

rmSync(dist, { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: [join(here, "src/index.ts")],
    outfile: join(dist, "index.js"),
    format: "esm",
    packages: "external",
  }),
  build({
    ...common,
    entryPoints: [join(here, "src/script.ts")],
    outfile: join(dist, "sdk.js"),
    format: "iife",
    minify: true,
  }),
]);
execFileSync(
  process.execPath,
  [
    join(here, "node_modules/typescript/bin/tsc"),
    ...["--project", here, "--noEmit", "false", "--emitDeclarationOnly", "--declaration", "--outDir", dist],
    ...["--incremental", "false", "--tsBuildInfoFile", "null"],
  ],
  { stdio: "inherit" },
);

if (served) {
  const folder = resolve(served);
  const script = readFileSync(join(dist, "sdk.js"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "sdk.js.gz"), gzipSync(script, { level: 9 }));
  // last: make takes it for the sign that all is there
  writeFileSync(join(folder, "sdk.js"), script);
}
