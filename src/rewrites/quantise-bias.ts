/**
 * @file quantise-bias: biases of frozen layers become int32 codes on the scale of the accumulator (input scale × weight
 * scale), so that accumulator + bias is one integer sum, in the artefact as in hardware.
 *
 * Cases: 1. Conv and Gemm with a DequantizeLinear weight, a FakeQuant input with one scale and a constant bias; 2. a
 * channel whose bias would need more than 30 bits has weights of next to nothing: its codes are cleared, and its scale
 * grows until the bias fits; 3. anything else stays.
 */

import { roundHalfEven } from "../base/soft-float.ts";
import { numbers, stridesOf, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { gridOf, isFakeQuant } from "./fake-quant-nodes.ts";
import { channelAxis } from "./insert-quantizers.ts";

const LARGEST = 2 ** 30;

export const quantiseBias: Pass = {
  name: "quantise-bias",
  run: (model) => {
    let modified = false;
    for (const node of [...model.graph.nodes]) {
      if (!["Conv", "Gemm"].includes(node.kind) || node.inputs[2]?.constant === undefined) continue;
      const [input, weight] = [node.inputs[0]!.producer, node.inputs[1]!.producer];
      if (!isFakeQuant(input) || weight?.kind !== "DequantizeLinear") continue;
      quantise(new Emit(model.graph, { before: node }), node, input, weight);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

function quantise(g: Emit, node: Node, input: Node, weight: Node): void {
  const bias = numbers(node.inputs[2]!.constant!);
  const inputScale = gridOf(input).scales[0]!;
  const given = numbers(weight.inputs[1]!.constant!);
  const scales = Float32Array.from(bias, (_, c) => given[given.length === 1 ? 0 : c]!);
  const cleared = new Set<number>();
  for (const [c, value] of bias.entries()) {
    if (Math.abs(value) / (inputScale * scales[c]!) < LARGEST) continue;
    scales[c] = Math.abs(value) / (inputScale * 2 ** 20);
    cleared.add(c);
  }
  if (cleared.size > 0) replaceWeights(g, node, weight, scales, cleared);
  const product = scales.map((scale) => Math.fround(inputScale * scale));
  const codes = Array.from(bias, (value, c) => roundHalfEven(value / product[c]!));
  const stem = node.name;
  const scale = g.graph.addInitializer(`${stem}.bias_scale`, tensor("float32", [product.length], product));
  const code = g.graph.addInitializer(`${stem}.bias_codes`, tensor("int32", [codes.length], codes));
  node.setInput(2, g.op("DequantizeLinear", [code, scale], { axis: 0 }));
}

function replaceWeights(g: Emit, node: Node, weight: Node, scales: Float32Array, cleared: ReadonlySet<number>): void {
  const codes = weight.inputs[0]!;
  const axis = channelAxis(node, codes);
  const stride = stridesOf(codes.constant!.dims)[axis]!;
  const values = Array.from(numbers(codes.constant!), (code, i) =>
    cleared.has(Math.floor(i / stride) % scales.length) ? 0 : code,
  );
  const fresh = g.graph.addInitializer(
    `${codes.name}.cleared`,
    tensor(codes.constant!.dtype, codes.constant!.dims, values),
  );
  for (const [key, text] of codes.metadata) fresh.metadata.set(key, text);
  const scale = g.graph.addInitializer(`${codes.name}.cleared_scale`, tensor("float32", [scales.length], scales));
  node.setInput(1, g.op("DequantizeLinear", [fresh, scale], { axis }));
  if (!weight.outputs[0]!.isUsed) g.graph.removeNodes([weight]);
}
