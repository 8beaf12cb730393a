/** @file Runs a TypeScript bench from source: `node bench/run.mjs conv-lowerings`. */

import { runnerImport } from "vite";

const name = process.argv[2];
if (name === undefined) {
  console.error("usage: node bench/run.mjs NAME   (a file of this folder, without .ts)");
  process.exit(2);
}
await runnerImport(new URL(`./${name}.ts`, import.meta.url).pathname, { logLevel: "error" });
