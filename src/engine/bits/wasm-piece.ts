/** @file One piece of a program as a WebAssembly function that runs over the vectors of a block. */

import type { Body, FunctionIndex, Local, Module } from "../wasm/index.ts";
import { type Layout, planeAddress, VECTOR_BYTES } from "./layout.ts";
import { type Piece, useCounts, type Value } from "./program.ts";

const instructions = { and: "v128.and", andnot: "v128.andnot", or: "v128.or", xor: "v128.xor" } as const;

/** Defines a function of one parameter: the bytes of all vectors in use. */
export function definePiece(module: Module, piece: Piece, layout: Layout): FunctionIndex {
  return module.define({ parameters: ["i32"], results: [] }, (body, end) => {
    const at = body.local("i32");
    body.count(at, end, VECTOR_BYTES, () => writePiece(body, piece, layout, at));
  });
}

/** Values that are used once stay on the stack; the others get a local variable when they are first needed. */
function writePiece(body: Body, piece: Piece, layout: Layout, at: Local): void {
  const { steps, stores } = piece;
  const uses = useCounts(piece);
  const locals = new Array<Local | undefined>(steps.length);
  const write = (value: Value): void => {
    const local = locals[value];
    if (local !== undefined) {
      body.get(local);
      return;
    }
    const step = steps[value]!;
    if (step.kind === "load") body.get(at).memory("v128.load", planeAddress(layout, step.slot));
    else if (step.kind === "constant") body.v128(new Uint8Array(VECTOR_BYTES).fill(step.bit === 1 ? 255 : 0));
    else {
      write(step.a);
      if (step.kind === "not") body.op("v128.not");
      else {
        write(step.b);
        body.op(instructions[step.kind]);
      }
    }
    if (uses[value]! < 2) return;
    const made = body.local("v128");
    locals[value] = made;
    body.tee(made);
  };
  for (const { slot, value } of stores) {
    body.get(at);
    write(value);
    body.memory("v128.store", planeAddress(layout, slot));
  }
}
