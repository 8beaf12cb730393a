/** @file A lookup-table network as a WebAssembly file, and as one JavaScript module with that file inside. */

import { readFileSync } from "node:fs";
import { type CompileOptions, compileNetwork } from "../../engine/bits/compile.ts";
import { roomOf } from "../../engine/bits/layout.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { validated } from "../../engine/bits/validate.ts";
import { toWasm } from "../../engine/bits/wasm-module.ts";
import { describe } from "../lut/description.ts";
import { fillTemplate } from "../lut/template.ts";

export interface WasmFiles {
  /** The bare module; its exports are described in src/engine/bits/wasm-module.ts. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** The text of a module that exports `classify`, `sums`, `features` and `classes`. */
  readonly module: string;
}

/** @throws FemtoError `bits.*` if the network is unsound */
export function toWasmFiles(network: LutNetwork, options: CompileOptions = {}): WasmFiles {
  const { bytes, layout, rows } = toWasm(compileNetwork(validated(network), options));
  const room = roomOf(layout, network.input);
  const module = fillTemplate(readFileSync(new URL("./template.js.txt", import.meta.url), "utf8"), {
    TITLE: describe(network),
    FEATURES: network.input.features,
    CLASSES: network.classes,
    SAMPLES: network.input.dtype === "uint8" ? "Uint8Array" : "Float32Array",
    WASM: Buffer.from(bytes).toString("base64"),
    BLOCK: room.block,
    INPUT: room.samples,
    OUTPUT: room.results,
    END: room.end,
    ROWS: JSON.stringify(rows),
  });
  return { wasm: bytes, module };
}
