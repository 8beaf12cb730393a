/**
 * @file Fold batch norm: in inference, BatchNormalization after a linear layer is a factor and an offset for each output
 * channel, which the layer's own weights and bias can carry:
 * f = scale/√(var + ε), W' = W·f, b' = (b − mean)·f + shift. Computed in double precision, stored in the weight's type.
 *
 * Cases:
 * 1. Conv, ConvTranspose (also grouped), Gemm (α, β, transposed or not) with a constant weight;
 * 2. MatMul by a constant matrix, with or without an Add of a constant; only where the result has rank 2, since
 *    BatchNormalization takes axis 1 for the channels; without an Add, the BatchNormalization becomes one;
 * 3. not folded: training mode, parameters or weights that are not constants (quantisers in between), a result that
 *    someone else reads, a bias of a shape that is not one element a channel;
 * 4. weights and biases that others read, too, are copied first.
 */

import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { readAttributes } from "../operators/index.ts";
import { BatchNormalization } from "../operators/list.ts";
import { addConstant, bypass, graphsOf } from "./nested.ts";
import { substitute } from "./substitute.ts";

export const foldBatchNorm: Pass = {
  name: "fold-batch-norm",
  run: (model) => {
    let modified = false;
    for (const graph of [...graphsOf(model.graph)]) {
      for (const node of [...graph.nodes]) {
        if (node.kind === "BatchNormalization") modified = fold(model.graph, graph, node) || modified;
      }
      graph.pruneInitializers();
    }
    return modified;
  },
};

/** What a normalisation does to each channel. */
interface Affine {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

function fold(root: Graph, graph: Graph, norm: Node): boolean {
  const x = norm.inputs[0]!;
  const affine = affineOf(norm);
  const source = x.producer;
  if (affine === undefined || source?.graph !== graph || source.domain !== "" || isReadElsewhere(graph, x))
    return false;
  if (source.op === "Add" || source.op === "MatMul") return foldProduct(root, graph, norm, source, affine);
  const layer = layerOf(source);
  if (layer === undefined) return false;
  const bias = biasOf(source.inputs[2], affine.factor.length);
  if (bias === undefined) return false;
  const { weight, beta } = layer;
  put(root, graph, source, 1, `${weight.name}_folded`, scaled(weight.constant!, layer.channel, affine));
  put(root, graph, source, 2, biasName(weight), shifted(bias, beta, affine, weight.constant!));
  const { beta: _, ...attributes } = source.attributes;
  if (source.op === "Gemm") source.attributes = attributes;
  bypass(graph, norm.outputs[0]!, x);
  graph.removeNodes([norm]);
  return true;
}

/** MatMul → BatchNormalization, or MatMul → Add → BatchNormalization. */
function foldProduct(root: Graph, graph: Graph, norm: Node, source: Node, affine: Affine): boolean {
  const isSum = source.op === "Add";
  const product = isSum ? source.inputs.findIndex((input) => input?.producer?.kind === "MatMul") : -1;
  const multiply = isSum ? source.inputs[product]?.producer : source;
  const weight = multiply?.inputs[1];
  if (multiply === undefined || multiply.graph !== graph || !isConstant(weight)) return false;
  if (isSum && isReadElsewhere(graph, source.inputs[product]!)) return false;
  if (weight.constant!.dims.length !== 2 || norm.inputs[0]!.type?.dims?.length !== 2) return false;
  const columns = weight.constant!.dims[1]!;
  const added = isSum ? source.inputs[1 - product] : undefined;
  const bias = isSum && added === undefined ? undefined : biasOf(added, columns);
  if (bias === undefined || columns !== affine.factor.length) return false;
  const sum = shifted(bias, 1, affine, weight.constant!);
  put(
    root,
    graph,
    multiply,
    1,
    `${weight.name}_folded`,
    scaled(weight.constant!, (i) => i % columns, affine),
  );
  if (isSum) {
    put(root, graph, source, 1 - product, biasName(weight), sum);
    bypass(graph, norm.outputs[0]!, source.outputs[0]!);
    graph.removeNodes([norm]);
  } else {
    const add = substitute(norm, { op: "Add", inputs: norm.inputs.slice(0, 1), attributes: {} });
    put(root, graph, add, 1, biasName(weight), sum);
  }
  return true;
}

const isConstant = (value: Value | undefined): value is Value =>
  value?.constant !== undefined && value.producer === undefined;

const isReadElsewhere = (graph: Graph, value: Value): boolean =>
  value.uses.length !== 1 || graph.outputs.includes(value);

function affineOf(norm: Node): Affine | undefined {
  const { epsilon, training_mode } = readAttributes(BatchNormalization.attributes, norm.attributes);
  const parameters = norm.inputs.slice(1);
  if (training_mode || parameters.length < 4 || !parameters.every(isConstant)) return undefined;
  const [scale, shift, mean, variance] = parameters.map((value) => numbers(value!.constant!));
  const factor = Float64Array.from(scale!, (s, c) => s / Math.sqrt(variance![c]! + (epsilon as number)));
  return { factor, offset: Float64Array.from(shift!, (b, c) => b - mean![c]! * factor[c]!) };
}

interface Layer {
  readonly weight: Value;
  /** Output channel of the weight's element i. */
  channel(i: number): number;
  /** What multiplies the bias. */
  readonly beta: number;
}

function layerOf(node: Node): Layer | undefined {
  const weight = node.inputs[1];
  if (!isConstant(weight)) return undefined;
  const [rows, columns, ...kernel] = weight.constant!.dims as [number, number, ...number[]];
  const taps = sizeOf(kernel);
  const number = (name: string, fallback: number) => (node.attributes[name]?.value as number | undefined) ?? fallback;
  if (node.op === "Conv") return { weight, beta: 1, channel: (i) => Math.floor(i / (columns * taps)) };
  if (node.op === "ConvTranspose") {
    const inputs = rows / number("group", 1);
    const channel = (i: number) => {
      const group = Math.floor(i / (columns * taps * inputs));
      return group * columns + (Math.floor(i / taps) % columns);
    };
    return { weight, beta: 1, channel };
  }
  if (node.op !== "Gemm") return undefined;
  const isTransposed = number("transB", 0) === 1;
  return { weight, beta: number("beta", 1), channel: (i) => (isTransposed ? Math.floor(i / columns) : i % columns) };
}

/** One number a channel; zeros where there is no bias; `undefined` where it has another shape or is not constant. */
function biasOf(bias: Value | undefined, channels: number): ArrayLike<number> | undefined {
  if (bias === undefined) return new Float64Array(channels);
  if (!isConstant(bias)) return undefined;
  const { dims, data } = bias.constant!;
  const values = numbers(bias.constant!);
  if (data.length === 1) return new Float64Array(channels).fill(values[0]!);
  return data.length === channels && dims.at(-1) === channels ? values : undefined;
}

function scaled(weight: Tensor, channel: (i: number) => number, { factor }: Affine): Tensor {
  return tensor(
    weight.dtype,
    weight.dims,
    Float64Array.from(numbers(weight), (w, i) => w * factor[channel(i)]!),
  );
}

function shifted(bias: ArrayLike<number>, beta: number, { factor, offset }: Affine, { dtype }: Tensor): Tensor {
  return tensor(
    dtype,
    [factor.length],
    Float64Array.from(bias, (b, c) => beta * b * factor[c]! + offset[c]!),
  );
}

const biasName = ({ name }: Value): string =>
  name.endsWith("weight") ? `${name.slice(0, -"weight".length)}bias` : `${name}_bias`;

/** Gives a node another constant: under the old name where nobody else reads the old one. */
function put(root: Graph, graph: Graph, node: Node, index: number, name: string, constant: Tensor): void {
  const old = node.inputs[index];
  const isOwn =
    old !== undefined && old.uses.length === 1 && !graph.inputs.includes(old) && !graph.outputs.includes(old);
  if (isOwn) {
    old.constant = constant;
    old.type = { dtype: constant.dtype, dims: constant.dims };
    return;
  }
  node.setInput(index, addConstant(root, graph, name, constant));
}
