/** @file A lookup-table network as one WebAssembly module: raw samples in, one byte a sample out. */

import { Module, PAGE_BYTES } from "../wasm/index.ts";
import type { CompiledNetwork } from "./compile.ts";
import { planBytes, planData, windowsOf } from "./encoder-plan.ts";
import { type Layout, layoutOf, planeAddress, sampleBytes } from "./layout.ts";
import { defineDecoder } from "./wasm-decoder.ts";
import { defineEncoder } from "./wasm-encoder.ts";
import { definePiece } from "./wasm-piece.ts";

/** Vectors of 128 samples that every function runs over. */
export const DEFAULT_VECTORS = 8;

export interface WasmNetwork {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layout: Layout;
  /** Rows of plane addresses for the decoder: first byte and end. At most eight bits each. */
  readonly rows: readonly { readonly start: number; readonly end: number }[];
}

/**
 * The module exports its `memory` and three functions: `encode(samples, vector)`, 128 samples into vector number
 * vector / 16 of every plane; `look_up(size)` and `decode(row, rowEnd, bytes, size)`, where `size` is 16 times the number
 * of vectors in use.
 */
export function toWasm({ netlist, program }: CompiledNetwork, vectors = DEFAULT_VECTORS): WasmNetwork {
  const windows = windowsOf(netlist.input, netlist.bits);
  const layout = layoutOf(program, vectors, planBytes(windows));
  const module = new Module();
  module.memory({ initial: Math.ceil(layout.end / PAGE_BYTES) }, { exportedAs: "memory" });
  const plan = planData(windows, netlist.bits, netlist.input, layout);
  module.data(layout.entries, plan);
  module.data(
    layout.rows,
    new Uint8Array(Uint32Array.from(program.outputs.flat(), (slot) => planeAddress(layout, slot)).buffer),
  );
  defineEncoder(module, netlist.input, layout, sampleBytes(netlist.input), layout.entries + plan.length);
  const pieces = program.pieces.map((piece) => definePiece(module, piece, layout));
  module.define({ parameters: ["i32"], results: [], exportedAs: "look_up" }, (body, size) => {
    for (const piece of pieces) body.get(size).call(piece);
  });
  defineDecoder(module);
  let at = layout.rows;
  const rows = program.outputs.map(({ length }) => {
    const start = at;
    at += 4 * length;
    return { start, end: at };
  });
  return { bytes: module.encode(), layout, rows };
}
