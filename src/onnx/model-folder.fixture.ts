/** @file Where tests find real ONNX files: `FEMTO_MODELS`, or `shared/models` beside the repository. */

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.env.FEMTO_MODELS ?? resolve(fileURLToPath(import.meta.url), "../../../../shared/models");

/** Paths of all `.onnx` files, relative to the folder; empty where there is none. */
export const modelFiles: readonly string[] = existsSync(root)
  ? readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".onnx"))
      .sort()
  : [];

export const modelPath = (file: string): string => join(root, file);
