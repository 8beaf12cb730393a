/**
 * @file Random small quantised networks, of every kind of layer that the exports treat: Conv over one or two axes with
 * groups, strides, dilations and uneven pads, ConvTranspose, Gemm with its attributes, MatMul with and without bias, batch
 * norms with negative factors, pools, residual additions. A seed says which.
 */

import { Rng } from "../base/rng.ts";
import { numbers, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, Emit } from "../operators/index.ts";
import { channelAxis, insertQuantizers, type LayerQuantizers, quantizableLayers } from "../rewrites/index.ts";

/** A quantised network and what was decided about its layers. */
export interface RandomNetwork {
  /** As a method returns it. */
  readonly model: Model;
  readonly float: Model;
  readonly plans: readonly LayerQuantizers[];
  /** Examples of the network's input. */
  readonly inputs: Tensor;
}

export interface RandomOptions {
  /** Least and greatest bit-width. */
  readonly bits?: readonly [number, number];
  readonly weightBits?: number;
  readonly inputBits?: number;
  readonly examples?: number;
}

export class Builder {
  readonly graph = new Graph();
  readonly g = new Emit(this.graph);
  readonly rng: Rng;
  #count = 0;

  constructor(seed: number) {
    this.rng = new Rng(seed, "network");
  }

  chance(share = 0.5): boolean {
    return this.rng.uniform() < share;
  }

  pick<T>(...choices: T[]): T {
    return choices[this.rng.below(choices.length)]!;
  }

  random(dims: readonly number[], scale = 1, offset = 0): Tensor {
    return tensor(
      "float32",
      dims,
      Array.from({ length: sizeOf(dims) }, () => offset + scale * this.rng.normal()),
    );
  }

  weight(name: string, dims: readonly number[]): Value {
    return this.graph.addInitializer(name, this.random(dims, 0.5));
  }

  layer(op: string, inputs: readonly (Value | undefined)[], attributes: object = {}): Value {
    const output = this.g.op(op, inputs, attributes as Record<string, unknown>);
    output.producer!.name = `${op.toLowerCase()}${++this.#count}`;
    return output;
  }

  /** Factors of both signs; one of them is zero now and then. */
  norm(x: Value): Value {
    const channels = dimsOf(x)[1] as number;
    const constant = (t: Tensor) => this.g.constant(t, "norm");
    const gamma = this.random([channels], 1);
    if (this.chance(0.1)) (gamma.data as Float32Array)[0] = 0;
    const variance = tensor(
      "float32",
      [channels],
      Array.from({ length: channels }, () => 0.2 + this.rng.uniform()),
    );
    const parameters = [gamma, this.random([channels]), this.random([channels], 0.3), variance];
    return this.g.op("BatchNormalization", [x, ...parameters.map(constant)]);
  }

  activation(x: Value): Value {
    return this.pick(
      () => this.g.op("Relu", [x]),
      () => this.g.op("Relu", [x]),
      () => this.g.op("Clip", [x, this.g.scalar(x, -1), this.g.scalar(x, 2)]),
      () => x,
    )();
  }
}

function convolution(b: Builder, x: Value): Value {
  const [, channels, ...space] = dimsOf(x) as [string, number, ...number[]];
  const group = b.pick(1, 1, channels, channels % 2 === 0 ? 2 : 1);
  const out = group * (1 + b.rng.below(group === 1 ? 5 : 2));
  const kernel = space.map((size) => Math.min(size, 1 + b.rng.below(3)));
  const isTransposed = group === 1 && b.chance(0.15);
  const perAxis = (make: () => number) => space.map(make);
  const attributes = {
    kernel_shape: kernel,
    strides: perAxis(() => 1 + b.rng.below(2)),
    dilations: kernel.map((size, axis) => (!isTransposed && 2 * size - 1 <= space[axis]! && b.chance() ? 2 : 1)),
    pads: isTransposed ? undefined : [...perAxis(() => b.rng.below(3)), ...perAxis(() => b.rng.below(3))],
    group,
  };
  const dims = isTransposed ? [channels, out, ...kernel] : [out, channels / group, ...kernel];
  const inputs = [x, b.weight("conv.w", dims), b.chance() ? b.weight("conv.b", [out]) : undefined];
  return b.layer(isTransposed ? "ConvTranspose" : "Conv", inputs, attributes);
}

function pool(b: Builder, x: Value): Value {
  const space = dimsOf(x).slice(2) as number[];
  const kernel_shape = space.map((size) => Math.min(2, size));
  return b.pick(
    () => b.g.op("MaxPool", [x], { kernel_shape, strides: kernel_shape }),
    () => b.g.op("AveragePool", [x], { kernel_shape, pads: [...space.map(() => 1), ...space.map(() => 0)] }),
    () => b.g.op("GlobalAveragePool", [x]),
  )();
}

function dense(b: Builder, x: Value, out: number): Value {
  const width = dimsOf(x).at(-1) as number;
  if (dimsOf(x).length > 2 || b.chance(0.4)) {
    const product = b.layer("MatMul", [x, b.weight("mm.w", [width, out])]);
    return b.chance(0.7) ? b.g.add(product, b.weight("mm.b", b.pick([out], [1, out]))) : product;
  }
  const transB = b.chance();
  const bias = b.pick<readonly number[] | undefined>([out], [1, out], [1], undefined);
  const attributes = { transB, ...(b.chance(0.4) && { alpha: b.pick(-0.5, 2), beta: b.pick(1, 0.25) }) };
  const inputs = [x, b.weight("gemm.w", transB ? [out, width] : [width, out]), bias && b.weight("gemm.b", bias)];
  return b.layer("Gemm", inputs, attributes);
}

/** An image or a signal through convolutions, then rows through dense layers. */
function image(b: Builder): Value {
  const space = b.pick([9], [6, 5], [5, 7]);
  let x: Value = b.graph.addInput("x", { dtype: "float32", dims: ["N", 2, ...space] });
  for (let depth = 1 + b.rng.below(3); depth > 0; depth--) {
    const before = x;
    x = convolution(b, x);
    if (b.chance()) x = b.norm(x);
    const isSame = dimsOf(x).every((dim, axis) => dim === dimsOf(before)[axis]);
    if (isSame && b.chance(0.8)) x = b.g.add(x, before);
    x = b.activation(x);
    if (
      dimsOf(x)
        .slice(2)
        .every((size) => (size as number) >= 2) &&
      b.chance(0.4)
    )
      x = pool(b, x);
  }
  return b.g.op("Flatten", [x]);
}

/** A sequence through a product with a stack of rows. */
function sequence(b: Builder): Value {
  const x = b.graph.addInput("x", { dtype: "float32", dims: ["N", 4, 6] });
  const y = b.activation(dense(b, x, 5));
  return b.chance() ? b.g.mean(y, [1]) : b.g.op("Flatten", [y]);
}

/** A float network of a seed. */
export function randomFloat(seed: number): Model {
  const b = new Builder(seed);
  let x = b.pick(image, image, sequence)(b);
  if (b.chance()) {
    x = dense(b, x, 5);
    if (b.chance()) x = b.norm(x);
    x = b.activation(x);
  }
  b.graph.addOutput(dense(b, x, 4));
  return new Model(b.graph);
}

/** Quantises a float network: bits at random, ranges from its own activations (some values are clipped). */
export function quantiseRandomly(float: Model, seed: number, options: RandomOptions = {}): RandomNetwork {
  const b = new Builder(seed);
  const { bits: [least, most] = [2, 8], examples = 6 } = options;
  const [input] = float.graph.inputs;
  const inputs = b.random([examples, ...(input!.type!.dims!.slice(1) as number[])]);
  const ends = new Map<Value, [number, number]>();
  const note = (value: Value, t: Tensor) => {
    const values = numbers(t);
    ends.set(value, [Math.min(...values), Math.max(...values)]);
  };
  note(input!, inputs);
  runReference(float, { [input!.name]: inputs }, { watch: note });
  const bits = () => least + b.rng.below(most - least + 1);
  const plans = quantizableLayers(float).map((layer): LayerQuantizers => {
    const weight = layer.weight.constant!;
    const axis = b.chance(0.7) ? channelAxis(layer.node, layer.weight) : -1;
    const [low, high] = ends.get(layer.input)!;
    const [weightBits, inputBits] = [options.weightBits ?? bits(), options.inputBits ?? bits()];
    return {
      layer: layer.name,
      mode: "round",
      weightBits,
      weightRange: weightRange(weight, axis),
      weightAxis: axis,
      inputBits,
      inputGrid: layer.isInputNonNegative ? "unsigned" : "affine",
      inputHigh: Math.max(0.01, 0.9 * high),
      inputLow: Math.min(-0.01, 0.9 * low),
      container: Math.max(weightBits, inputBits) > 8 ? 16 : 8,
    };
  });
  const model = cloneModel(float);
  insertQuantizers(model, plans);
  return { model, float, plans, inputs };
}

/** A quantised network of a seed. */
export const randomNetwork = (seed: number, options: RandomOptions = {}): RandomNetwork =>
  quantiseRandomly(randomFloat(seed), seed, options);

/** 0.95·max|w|, for the tensor or a channel. */
function weightRange(weight: Tensor, axis: number): Tensor {
  const inner = axis < 0 ? weight.data.length : sizeOf(weight.dims.slice(axis + 1));
  const channels = axis < 0 ? 1 : weight.dims[axis]!;
  const most = new Float64Array(channels).fill(1e-3);
  for (const [i, value] of numbers(weight).entries()) {
    const channel = Math.floor(i / inner) % channels;
    most[channel] = Math.max(most[channel]!, 0.95 * Math.abs(value));
  }
  return tensor("float32", axis < 0 ? [] : [channels], most);
}
