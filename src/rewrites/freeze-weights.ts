/**
 * @file freeze-weights: a FakeQuant on a constant weight becomes integer codes and a DequantizeLinear. From here on the
 * weight is what is stored: nothing can round it differently again.
 *
 * Cases: 1. narrow grid, one scale or one a channel; 2. other FakeQuants (activations) stay.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, scalar, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { gridOf, isFakeQuant, type QuantGrid } from "./fake-quant-nodes.ts";

/** Metadata key that carries the true bit-width of a value whose container is wider. */
export const BITS_KEY = "femto.bits";

export const freezeWeights: Pass = {
  name: "freeze-weights",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      const weight = node.inputs[0]?.constant;
      if (!isFakeQuant(node) || weight === undefined) continue;
      const grid = gridOf(node);
      if (!grid.isSigned) continue;
      const g = new Emit(model.graph, { before: node });
      const name = node.inputs[0]!.name;
      const codes = model.graph.addInitializer(`${name}.codes`, encode(weight, grid));
      codes.metadata.set(BITS_KEY, String(grid.bits));
      const scale =
        grid.axis < 0 ? scalar("float32", grid.scales[0]!) : tensor("float32", [grid.scales.length], grid.scales);
      const scales = model.graph.addInitializer(`${name}.scale`, scale);
      const attributes = grid.axis < 0 ? {} : { axis: grid.axis };
      model.graph.replace(node.outputs[0]!, g.op("DequantizeLinear", [codes, scales], attributes));
      model.graph.removeNodes([node]);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

/** Codes of a weight: clip, divide, round half to even, as FakeQuant does. */
function encode(weight: Tensor, { scales, axis, least, most, bits }: QuantGrid): Tensor {
  const values = numbers(weight);
  const stride = axis < 0 ? values.length : stridesOf(weight.dims)[axis]!;
  const codes = bits > 8 ? new Int16Array(values.length) : new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const scale = scales[Math.floor(i / stride) % scales.length]!;
    codes[i] = Math.max(least, Math.min(most, roundHalfEven(Math.fround(values[i]! / scale))));
  }
  return { dtype: bits > 8 ? "int16" : "int8", dims: weight.dims, data: codes };
}
