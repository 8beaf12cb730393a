/**
 * @file Absorb bias: a constant that is added to each output channel of a linear layer becomes the layer's own bias, so that
 * quantisers, exporters and batch-norm folding find all layers in one form. CNTK and Keras exports write such additions.
 *
 * Cases:
 * 1. Add of a constant to the result of Conv or ConvTranspose, of shape [C, 1 …] or [1, C, 1 …], or with one element, which
 *    stands for every channel;
 * 2. Add of a constant to the result of Gemm, of shape [N] or [1, N], or with one element;
 * 3. the same after MatMul of a matrix by a constant matrix: MatMul and Add become a Gemm;
 * 4. a bias that is there already and constant is added up; Gemm's β is taken into account;
 * 5. not absorbed: a result that someone else reads, additions that vary along other axes, constants that are computed.
 */

import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { inferNode } from "../operators/index.ts";
import { addConstant, bypass, graphsOf } from "./nested.ts";
import { substitute } from "./substitute.ts";

export const absorbBias: Pass = {
  name: "absorb-bias",
  run: (model) => {
    let modified = false;
    for (const graph of [...graphsOf(model.graph)]) {
      for (const node of [...graph.nodes]) {
        if (node.kind === "Add") modified = absorb(model.graph, graph, node) || modified;
      }
      graph.pruneInitializers();
    }
    return modified;
  },
};

function absorb(root: Graph, graph: Graph, add: Node): boolean {
  const side = add.inputs.findIndex((input) => isLayer(graph, input));
  const result = add.inputs[side];
  const constant = add.inputs[1 - side]?.constant;
  const rank = result?.type?.dims?.length;
  if (result === undefined || constant === undefined || rank === undefined) return false;
  let layer = result.producer!;
  if (result.uses.length !== 1 || graph.outputs.includes(result) || graph.inputs.includes(add.inputs[1 - side]!)) {
    return false;
  }
  const isImage = layer.op === "Conv" || layer.op === "ConvTranspose";
  const channels = result.type!.dims![1];
  if ((!isImage && rank !== 2) || typeof channels !== "number") return false;
  const own = layer.inputs[2];
  const { value: beta = 1 } = (layer.attributes.beta ?? {}) as { value?: number };
  const before = own === undefined ? new Float64Array(channels) : perChannel(own, channels);
  const added = alongChannels(constant, channels, rank);
  if (before === undefined || added === undefined) return false;
  const sum = tensor(
    constant.dtype,
    [channels],
    Float64Array.from(added, (b, c) => (isImage ? 1 : beta) * before[c]! + b),
  );
  const name = add.inputs[1 - side]!.name;
  if (layer.op === "MatMul") layer = substitute(layer, { op: "Gemm", attributes: {} });
  const { beta: _, ...attributes } = layer.attributes;
  if (!isImage) layer.attributes = attributes;
  add.setInput(1 - side, undefined);
  graph.pruneInitializers();
  layer.setInput(2, addConstant(root, graph, name, sum));
  bypass(graph, add.outputs[0]!, result);
  graph.removeNodes([add]);
  inferNode(layer);
  return true;
}

function isLayer(graph: Graph, value: Value | undefined): boolean {
  const node = value?.producer;
  if (node === undefined || node.graph !== graph || node.domain !== "") return false;
  if (node.op === "MatMul") {
    const [a, b] = node.inputs;
    return b?.constant?.dims.length === 2 && a?.type?.dims?.length === 2;
  }
  return node.op === "Conv" || node.op === "ConvTranspose" || node.op === "Gemm";
}

/** The layer's own bias, one number a channel. */
function perChannel(bias: Value, channels: number): ArrayLike<number> | undefined {
  if (bias.constant === undefined) return undefined;
  const { dims, data } = bias.constant;
  const values = numbers(bias.constant);
  if (data.length === 1) return new Float64Array(channels).fill(values[0]!);
  return data.length === channels && dims.at(-1) === channels ? values : undefined;
}

/** A constant that, broadcast to `rank` axes, varies along axis 1 only. */
function alongChannels(constant: Tensor, channels: number, rank: number): ArrayLike<number> | undefined {
  const values = numbers(constant);
  if (constant.dims.length > rank) return undefined;
  if (values.length === 1) return new Float64Array(channels).fill(values[0]!);
  const dims = [...new Array<number>(rank - constant.dims.length).fill(1), ...constant.dims];
  const isAlong = dims.every((dim, axis) => dim === (axis === 1 ? channels : 1));
  return isAlong ? values : undefined;
}
