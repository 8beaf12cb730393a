/**
 * @file Builds dist/: tsc (incremental), then every other file of src beside the JavaScript that reads it. What no
 * source accounts for any more is deleted.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isTypeScript, listFiles, root } from "./sources.mjs";

const tsc = join(root, "node_modules/typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });

const sources = new Set(listFiles(root, "src"));
const isAsset = (/** @type {string} */ file) => !isTypeScript(file) && !file.endsWith(".md");
for (const file of sources) {
  if (!isAsset(file)) continue;
  const target = join(root, file.replace(/^src/, "dist"));
  if (existsSync(target) && readFileSync(target).equals(readFileSync(join(root, file)))) continue;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(root, file), target);
}

for (const file of listFiles(root, "dist")) {
  const source = file.replace(/^dist/, "src");
  const stem = source.replace(/(\.d)?\.[jt]s$/, "");
  const isAccountedFor = file === "dist/.tsbuildinfo" || sources.has(source) || sources.has(`${stem}.ts`);
  if (!isAccountedFor) rmSync(join(root, file));
}

/** @type {{ bin: Record<string, string> }} */
const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
for (const path of Object.values(bin)) {
  const program = join(root, path);
  if (!existsSync(program)) continue;
  if (!readFileSync(program, "utf8").startsWith("#!/usr/bin/env node\n")) {
    console.error(`${path} must begin with #!/usr/bin/env node`);
    process.exitCode = 1;
  }
  chmodSync(program, 0o755);
}
process.exitCode ||= compiled.status ?? 1;
