/** @file Which ONNX Runtime computes: its version stands in every report, because it decides bits. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Version of the installed onnxruntime-node, read from its package without loading it. */
export function runtimeVersion(): string {
  let folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-node"));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
