/** @file The decoder in WebAssembly: planes back to one byte a sample. */

import type { FunctionIndex, Module } from "../wasm/index.ts";
import { LANES, VECTOR_BYTES } from "./layout.ts";

/**
 * Defines `decode(row, row end, bytes, bytes of all vectors in use)`: the row is a list of plane addresses, lowest bit
 * first, at most eight.
 */
export function defineDecoder(module: Module): FunctionIndex {
  const signature = { parameters: ["i32", "i32", "i32", "i32"], results: [], exportedAs: "decode" } as const;
  return module.define(signature, (body, row, rowEnd, to, end) => {
    const [vector, at, plane, weight] = [body.local("i32"), body.local("i32"), body.local("i32"), body.local("v128")];
    const bytes = Array.from({ length: LANES / 16 }, () => body.local("v128"));
    body.count(vector, end, VECTOR_BYTES, () => {
      for (const local of bytes) body.v128(new Uint8Array(16)).set(local);
      body.get(row).set(at);
      body.i32(1).op("i8x16.splat").set(weight);
      body.block((done) => {
        body.loop((nextBit) => {
          body.get(at).get(rowEnd).op("i32.ge_u").branchIf(done);
          body.get(at).memory("i32.load").get(vector).op("i32.add").set(plane);
          bytes.forEach((local, group) => {
            // Byte i of 16 asks bit i of the two bytes: 0xff where it is 1.
            body
              .get(plane)
              .memory("v128.load16_splat", 2 * group)
              .v128(spread)
              .op("i8x16.swizzle");
            body.v128(oneBit).op("v128.and").v128(oneBit).op("i8x16.eq");
            body.get(weight).op("v128.and").get(local).op("v128.or").set(local);
          });
          body.get(weight).get(weight).op("i8x16.add").set(weight);
          body.get(at).i32(4).op("i32.add").set(at);
          body.branch(nextBit);
        });
      });
      bytes.forEach((local, group) => {
        body
          .get(to)
          .get(local)
          .memory("v128.store", 16 * group);
      });
      body.get(to).i32(LANES).op("i32.add").set(to);
    });
  });
}

const spread = Array.from({ length: 16 }, (_, i) => i >> 3);
const oneBit = Array.from({ length: 16 }, (_, i) => 1 << (i & 7));
