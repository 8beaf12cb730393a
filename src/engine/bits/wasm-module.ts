/** @file A lookup-table network as one WebAssembly module: raw samples in, one byte a sample out. */

import { Module, PAGE_BYTES } from "../wasm/index.ts";
import { planBytes, planData, sampleBytes, windowsOf } from "./encoder-plan.ts";
import { type NetworkGates, toGates } from "./gates.ts";
import { type Layout, layoutOf, planeAddress } from "./layout.ts";
import { type LutNetlist, toNetlist } from "./netlist.ts";
import type { LutNetwork } from "./network.ts";
import { type Program, toProgram } from "./program.ts";
import { simplified } from "./simplify.ts";
import { defineDecoder } from "./wasm-decoder.ts";
import { defineEncoder } from "./wasm-encoder.ts";
import { definePiece } from "./wasm-piece.ts";

/** A plan of execution that every target shares. */
export interface CompiledNetwork {
  readonly netlist: LutNetlist;
  readonly gates: NetworkGates;
  /** Rows of outputs: the class, then for every class its count. */
  readonly program: Program;
}

export interface CompileOptions {
  /** Orders of inputs tried for each table: more make smaller code and take longer to compile. */
  readonly orders?: number;
  /** Gates of one function. */
  readonly pieceGates?: number;
}

export function compileNetwork(network: LutNetwork, { orders, pieceGates }: CompileOptions = {}): CompiledNetwork {
  const netlist = simplified(toNetlist(network));
  const gates = toGates(netlist, orders);
  return { netlist, gates, program: toProgram(gates.logic, [gates.class, ...gates.sums], gates.cuts, pieceGates) };
}

/** Vectors of 128 samples that every function runs over. */
export const DEFAULT_VECTORS = 8;

export interface WasmNetwork {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layout: Layout;
  /** Rows of plane addresses for the decoder: first byte and end. At most eight bits each. */
  readonly rows: readonly { readonly start: number; readonly end: number }[];
}

/**
 * The module exports its `memory` and three functions; `size` is 16 times the number of vectors in use:
 * `encode(samples, size)`, `look_up(size)`, `decode(row, rowEnd, bytes, size)`.
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
