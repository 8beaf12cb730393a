/** @file The codes of an activation as ONNX nodes: QuantizeLinear, and Clip where the container is wider than the bits. */

import { fail } from "../base/errors.ts";
import { scalar } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "../operators/index.ts";
import { BITS_KEY, gridOf } from "../rewrites/index.ts";

export interface Codes {
  readonly code: Value;
  readonly scale: Value;
  readonly zero: Value;
}

/** Emits the integer codes of the activation that `fakeQuant` quantises. */
export function emitCodes(g: Emit, fakeQuant: Node): Codes {
  const grid = gridOf(fakeQuant);
  if (grid.axis >= 0) {
    fail({
      code: "export.axis",
      where: fakeQuant.describe(),
      message: "activations with a scale a channel have no export",
    });
  }
  const wide = grid.bits > 8;
  const dtype = grid.isSigned ? (wide ? "int16" : "int8") : wide ? "uint16" : "uint8";
  const stem = fakeQuant.inputs[1]!.name.replace(/\.input_bits$/, "");
  const scale = g.graph.addInitializer(`${stem}.input_scale`, scalar("float32", grid.scales[0]!));
  const zero = g.graph.addInitializer(`${stem}.input_zero`, scalar(dtype, grid.zero));
  let code = g.op("QuantizeLinear", [fakeQuant.inputs[0], scale, zero]);
  const container = wide ? 16 : 8;
  if (grid.bits < container || grid.isSigned) {
    const bound = (value: number) => g.constant(scalar(dtype, value), `${stem}.bound`);
    code = g.op("Clip", [code, bound(grid.least), bound(grid.most)]);
  }
  code.metadata.set(BITS_KEY, String(grid.bits));
  return { code, scale, zero };
}
