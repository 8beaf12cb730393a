/** @file `npm run check`: every static check, all of them even if one fails. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./sources.mjs";

const checks = [
  ["format and lint", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["types", "node_modules/typescript/bin/tsc", "--noEmit"],
  ["import law", "scripts/check-house.mjs"],
  ["size ledger", "scripts/ledger.mjs"],
];

const failed = checks.filter(([, script = "", ...args]) => {
  const run = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });
  return run.status !== 0;
});
console.log(failed.length === 0 ? "check: passed" : `check: failed (${failed.map(([name]) => name).join(", ")})`);
if (failed.length > 0) process.exitCode = 1;
