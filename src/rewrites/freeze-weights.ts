/**
 * @file freeze-weights: a FakeQuant or SetQuant on a constant weight becomes integer codes and a DequantizeLinear. From here
 * on the weight is what is stored: nothing can round it differently again.
 *
 * Cases: 1. FakeQuant, narrow grid, one scale or one a channel; 2. SetQuant: its codes went through its table, and the
 * values that the table has stand in their metadata; 3. other FakeQuants (activations) stay.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, scalar, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { gridOf, isFakeQuant, type QuantGrid } from "./fake-quant-nodes.ts";
import { codesOf, isSetQuant, setGridOf, valuesOf } from "./set-quant-nodes.ts";

/** Metadata key that carries the true bit-width of a value whose container is wider. */
export const BITS_KEY = "femto.bits";

/** Metadata key that lists the values which the codes of a weight may have. */
export const VALUES_KEY = "femto.values";

/** A weight as it is stored. */
interface Frozen {
  readonly codes: Tensor;
  readonly bits: number;
  readonly scales: Float32Array;
  readonly axis: number;
  readonly values?: readonly number[];
}

export const freezeWeights: Pass = {
  name: "freeze-weights",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      const frozen = frozenForm(node);
      if (frozen === undefined) continue;
      const { bits, scales, axis, values } = frozen;
      const g = new Emit(model.graph, { before: node });
      const name = node.inputs[0]!.name;
      const codes = model.graph.addInitializer(`${name}.codes`, frozen.codes);
      codes.metadata.set(BITS_KEY, String(bits));
      if (values !== undefined) codes.metadata.set(VALUES_KEY, values.join(" "));
      const scale = axis < 0 ? scalar("float32", scales[0]!) : tensor("float32", [scales.length], scales);
      const held = model.graph.addInitializer(`${name}.scale`, scale);
      const attributes = axis < 0 ? {} : { axis };
      model.graph.replace(node.outputs[0]!, g.op("DequantizeLinear", [codes, held], attributes));
      model.graph.removeNodes([node]);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

/** The stored form of a quantiser on a constant weight; `undefined` for other nodes. */
function frozenForm(node: Node): Frozen | undefined {
  const weight = node.inputs[0]?.constant;
  if (weight === undefined) return undefined;
  if (isSetQuant(node)) {
    const grid = setGridOf(node);
    const values = valuesOf(grid);
    const isWhole = values.length === 2 * grid.most + 1;
    const data = grid.bits > 8 ? codesOf(weight, grid) : Int8Array.from(codesOf(weight, grid));
    const codes: Tensor = { dtype: grid.bits > 8 ? "int16" : "int8", dims: weight.dims, data };
    return { codes, bits: grid.bits, scales: grid.scales, axis: grid.axis, ...(!isWhole && { values }) };
  }
  if (!isFakeQuant(node)) return undefined;
  const grid = gridOf(node);
  return grid.isSigned ? { ...grid, codes: encode(weight, grid) } : undefined;
}

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
