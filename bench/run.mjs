/** @file Runs a TypeScript bench from source: `npm run bench conv-lowerings`, or `node bench/run.mjs conv-lowerings`. */

import { readdirSync, readFileSync } from "node:fs";
import { runnerImport } from "vite";

const folder = new URL("./", import.meta.url);
const name = process.argv[2];
// A bench says in its head how it is run; the other files are parts of benches.
const benches = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((bench) => /bench(\/run\.mjs)? /.test(readFileSync(new URL(`${bench}.ts`, folder), "utf8")));
if (name === undefined || !benches.includes(name)) {
  console.error(`usage: npm run bench NAME\nNAME is one of ${benches.join(", ")}`);
  process.exit(2);
}
await runnerImport(new URL(`${name}.ts`, folder).pathname, { logLevel: "error" });
