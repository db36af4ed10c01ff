// How much JavaScript the first page costs: the entry, what it preloads, and the home page. Fails above LIMIT.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 400 * 1024;
const BUILT = new URL("../../src/segue/edge/console/built/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", BUILT), "utf8"));

const needed = new Set();
const take = (name) => {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`the build has no ${name}`);
  if (needed.has(chunk.file)) return;
  needed.add(chunk.file);
  for (const other of chunk.imports ?? []) take(other);
};
take("index.html");
take("src/home/Home.tsx");
take("src/texts/en/index.ts");

const files = [...needed].filter((file) => file.endsWith(".js"));
const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, BUILT)), { level: 9 }).length, 0);
const says = `first load: ${(bytes / 1024).toFixed(1)} KB of JavaScript (gzip) in ${files.length} files; the limit is ${LIMIT / 1024} KB`;
if (bytes > LIMIT) {
  console.error(`${says}\n${files.join("\n")}`);
  process.exit(1);
}
console.log(says);
