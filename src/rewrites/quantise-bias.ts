/**
 * @file quantise-bias: biases of frozen layers become int32 codes on the scale of the accumulator (input scale × weight
 * scale), so that accumulator + bias is one integer sum, in the artefact as in hardware.
 *
 * Cases: 1. Conv, ConvTranspose without groups, and plain Gemm with a frozen weight, a FakeQuant input with one scale and
 * a constant bias: one element a channel, or one for all; 2. MatMul whose only reader adds a constant vector along the
 * last axis; 3. a channel whose bias would need more than 30 bits has weights of next to nothing: its codes are cleared,
 * and its scale grows until the bias fits; 4. anything else stays.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { gridOf, isFakeQuant } from "./fake-quant-nodes.ts";
import { type FrozenWeight, frozenWeight, replaceWeight, scaleOf } from "./frozen-weight.ts";

const LARGEST = 2 ** 30;

export const quantiseBias: Pass = {
  name: "quantise-bias",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      const input = node.inputs[0]?.producer;
      const weight = frozenWeight(node);
      const place = biasPlace(node);
      if (!isFakeQuant(input) || weight === undefined || place === undefined) continue;
      const grid = gridOf(input);
      const values = grid.axis < 0 ? perChannel(place, weight.channels) : undefined;
      if (values === undefined) continue;
      quantise(new Emit(model.graph, { before: node }), { node, weight, place }, values, grid.scales[0]!);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

/** The node that adds a layer's bias, and at which input: the layer itself, or the Add behind a MatMul. */
export interface BiasPlace {
  readonly node: Node;
  readonly index: number;
}

/** Where the bias of a weighted node is read; `undefined` where it has none. */
export function biasPlace(node: Node): BiasPlace | undefined {
  const isPlain = [node.attributes.alpha, node.attributes.beta].every((a) => a === undefined || a.value === 1);
  const isGrouped = node.kind === "ConvTranspose" && ((node.attributes.group?.value as number) ?? 1) > 1;
  if (["Conv", "ConvTranspose", "Gemm"].includes(node.kind)) {
    return isPlain && !isGrouped && node.inputs[2] !== undefined ? { node, index: 2 } : undefined;
  }
  const [product] = node.outputs;
  if (node.kind !== "MatMul" || product?.uses.length !== 1 || node.graph?.outputs.includes(product)) return undefined;
  const [{ node: add, index }] = product.uses as [{ node: Node; index: number }];
  return add.kind === "Add" ? { node: add, index: 1 - index } : undefined;
}

/** A constant bias as one number a channel. */
function perChannel({ node, index }: BiasPlace, channels: number): Float64Array | undefined {
  const bias = node.inputs[index]?.constant;
  if (bias === undefined) return undefined;
  const values = numbers(bias);
  // A wider constant would widen the result of an Add.
  const rank = node.outputs[0]?.type?.dims?.length ?? bias.dims.length;
  if (values.length === 1 && bias.dims.length <= rank) return new Float64Array(channels).fill(values[0]!);
  const isVector = values.length === channels && bias.dims.at(-1) === channels && bias.dims.length <= rank;
  return isVector ? Float64Array.from(values) : undefined;
}

interface Biased {
  readonly node: Node;
  readonly weight: FrozenWeight;
  readonly place: BiasPlace;
}

function quantise(g: Emit, { node, weight, place }: Biased, bias: Float64Array, inputScale: number): void {
  const scales = Array.from(bias, (_, c) => scaleOf(weight, c));
  const cleared = new Set<number>();
  for (const [c, value] of bias.entries()) {
    if (Math.abs(value) / (inputScale * scales[c]!) < LARGEST) continue;
    scales[c] = Math.fround(Math.abs(value) / (inputScale * 2 ** 20)) || 1;
    cleared.add(c);
  }
  if (cleared.size > 0) replaceWeight(g, node, weight, withoutChannels(weight, cleared), scales);
  const product = scales.map((scale) => Math.fround(inputScale * scale));
  const codes = Array.from(bias, (value, c) => roundHalfEven(value / product[c]!) + 0);
  const stem = node.name;
  const scale = g.graph.addInitializer(`${stem}.bias_scale`, tensor("float32", [product.length], product));
  const code: Value = g.graph.addInitializer(`${stem}.bias_codes`, tensor("int32", [codes.length], codes));
  place.node.setInput(place.index, g.op("DequantizeLinear", [code, scale], { axis: 0 }));
}

function withoutChannels({ codes, axis, channels }: FrozenWeight, cleared: ReadonlySet<number>): Tensor {
  const { dtype, dims, data } = codes.constant!;
  const stride = stridesOf(dims)[axis]!;
  const kept = (data as Int8Array<ArrayBuffer>).map((code, i) =>
    cleared.has(Math.floor(i / stride) % channels) ? 0 : code,
  );
  return { dtype, dims, data: kept };
}
