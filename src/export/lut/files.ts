/** @file The files that a network of lookup tables leaves as, by form. */

import { fail } from "../../base/errors.ts";
import { sidecarOf, verilogOf } from "../../circuits/index.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { toC } from "../c/lut-network.ts";
import { toJs } from "../js/lut-network.ts";
import { type LutCircuit, type LutCircuitOptions, toLutCircuit } from "../verilog/lut-network.ts";
import { toWasmFiles } from "../wasm/lut-network.ts";

export const lutForms = ["wasm", "c", "js", "verilog"] as const;
export type LutForm = (typeof lutForms)[number];

export interface LutFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface LutFiles {
  readonly files: readonly LutFile[];
  /** Of the form `verilog`. */
  readonly circuit?: LutCircuit;
}

export interface LutFileOptions extends Omit<LutCircuitOptions, "name"> {
  /** Of files, C functions and Verilog modules. */
  readonly name: string;
}

/**
 * @throws FemtoError `export.name` if the name is no identifier, `bits.*` if the network is unsound, `export.constant` if
 * it answers the same to everything and a circuit is asked for
 */
export function lutFiles(network: LutNetwork, form: LutForm, { name, ...options }: LutFileOptions): LutFiles {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    fail({ code: "export.name", where: "the name of the files", message: "must be an identifier", got: name });
  }
  switch (form) {
    case "c":
      return { files: [{ name: `${name}.c`, content: toC(network, name) }] };
    case "js":
      return { files: [{ name: `${name}.mjs`, content: toJs(network) }] };
    case "wasm": {
      const { wasm, module } = toWasmFiles(network);
      return {
        files: [
          { name: `${name}.wasm`, content: wasm },
          { name: `${name}.mjs`, content: module },
        ],
      };
    }
    case "verilog": {
      const made = toLutCircuit(network, { ...options, name });
      const top = made.circuit ?? made.core;
      const texts = verilogOf(top).map(({ file, text }) => ({ name: file, content: text }));
      const sidecar = `${JSON.stringify(sidecarOf(top), null, 2)}\n`;
      return { files: [...texts, { name: `${top.name}.json`, content: sidecar }], circuit: made };
    }
  }
}
