/**
 * @file Network: writes a network layer by layer, with its initial weights. A layer is named once; its node carries that
 * name, its tensors carry it with a dot: `conv1`, `conv1.weight`, `conv1.bias`.
 */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, Emit } from "../operators/index.ts";
import { type NetworkCard, writeCard } from "./card.ts";
import { constant, type Fan, he, type Initialiser, initial } from "./initialise.ts";

/** The symbol of the batch size in every network. */
export const BATCH = "N";

export interface ConvOptions {
  readonly kernel?: number | readonly [number, number];
  readonly stride?: number;
  /** A number on all sides, or `same` as TensorFlow pads: output = ⌈input/stride⌉, the odd row below and right. */
  readonly pad?: number | "same";
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

export interface DenseOptions {
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

export class Network {
  readonly graph: Graph;
  readonly g: Emit;
  readonly #seed: number;

  constructor(name: string, seed: number) {
    this.graph = new Graph(name);
    this.g = new Emit(this.graph);
    this.#seed = seed;
  }

  /** A float input with a symbolic batch in front, `[N, …dims]`. */
  input(name: string, dims: readonly Dim[], dtype: DType = "float32"): Value {
    return this.graph.addInput(name, { dtype, dims: [BATCH, ...dims] });
  }

  /** An initializer drawn from the stream of its name. */
  weight(name: string, dims: readonly number[], init: Initialiser, fan: Fan = { in: 1, out: 1 }): Value {
    return this.graph.addInitializer(name, initial(name, dims, fan, init, this.#seed));
  }

  /** A node under the name of its layer. */
  layer(name: string, op: string, inputs: readonly (Value | undefined)[], attributes: object = {}): Value {
    this.g.scope = name;
    const output = this.g.op(op, inputs, attributes as Record<string, unknown>);
    output.producer!.name = name;
    this.g.scope = "";
    return output;
  }

  /** `[N, C, H, W]` → `[N, channels, H', W']`; kernel 3×3 with padding that keeps the size, unless told otherwise. */
  conv(name: string, x: Value, channels: number, options: ConvOptions = {}): Value {
    const { kernel = 3, stride = 1, groups = 1, bias = true, init = he } = options;
    const [, from, ...size] = dimsOf(x) as [Dim, number, number, number];
    const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
    const { pad = Math.floor(height / 2) } = options;
    const taps = height * width;
    const fan = { in: (from / groups) * taps, out: (channels / groups) * taps };
    const w = this.weight(`${name}.weight`, [channels, from / groups, height, width], init, fan);
    const b = bias ? this.weight(`${name}.bias`, [channels], constant(0)) : undefined;
    const pads = pad === "same" ? samePads(size, [height, width], stride) : [pad, pad, pad, pad];
    return this.layer(name, "Conv", [x, w, b], {
      kernel_shape: [height, width],
      ...(pads.some((p) => p > 0) && { pads }),
      ...(stride > 1 && { strides: [stride, stride] }),
      ...(groups > 1 && { group: groups }),
    });
  }

  /** `[N, F]` → `[N, features]`, as a Gemm. */
  dense(name: string, x: Value, features: number, { bias = true, init = he }: DenseOptions = {}): Value {
    const [, from] = dimsOf(x) as [Dim, number];
    const w = this.weight(`${name}.weight`, [features, from], init, { in: from, out: features });
    const b = bias ? this.weight(`${name}.bias`, [features], constant(0)) : undefined;
    return this.layer(name, "Gemm", [x, w, b], { transB: true });
  }

  /** `[N, T, F]` → `[N, T, features]`, as MatMul and Add. */
  project(name: string, x: Value, features: number, { bias = true, init = he }: DenseOptions = {}): Value {
    const from = dimsOf(x).at(-1) as number;
    const w = this.weight(`${name}.weight`, [from, features], init, { in: from, out: features });
    const y = this.layer(name, "MatMul", [x, w]);
    return bias ? this.layer(`${name}/bias`, "Add", [y, this.weight(`${name}.bias`, [features], constant(0))]) : y;
  }

  /** Normalises each channel: scale 1, shift 0, running mean 0 and variance 1 at first. */
  batchNorm(name: string, x: Value, { epsilon = 1e-5, momentum = 0.9 } = {}): Value {
    const channels = [dimsOf(x)[1] as number];
    const tensors = [
      this.weight(`${name}.scale`, channels, constant(1)),
      this.weight(`${name}.shift`, channels, constant(0)),
      this.weight(`${name}.mean`, channels, constant(0)),
      this.weight(`${name}.var`, channels, constant(1)),
    ];
    return this.layer(name, "BatchNormalization", [x, ...tensors], { epsilon, momentum });
  }

  /** Normalises the last axis. */
  layerNorm(name: string, x: Value, { epsilon = 1e-5, bias = true } = {}): Value {
    const features = [dimsOf(x).at(-1) as number];
    const scale = this.weight(`${name}.scale`, features, constant(1));
    const shift = bias ? this.weight(`${name}.shift`, features, constant(0)) : undefined;
    return this.layer(name, "LayerNormalization", [x, scale, shift], { epsilon });
  }

  relu = (name: string, x: Value): Value => this.layer(name, "Relu", [x]);

  /** A window as wide as the stride. */
  pool(name: string, x: Value, op: "MaxPool" | "AveragePool" = "MaxPool", window = 2): Value {
    return this.layer(name, op, [x], { kernel_shape: [window, window], strides: [window, window] });
  }

  flatten = (name: string, x: Value): Value => this.layer(name, "Flatten", [x]);

  /** The mean over the picture, `[N, C, H, W]` → `[N, C]`. */
  globalPool(name: string, x: Value): Value {
    return this.flatten(`${name}/flatten`, this.layer(name, "GlobalAveragePool", [x]));
  }

  /** Dropout where a probability is given; it does nothing until training mode is switched on. */
  dropout(name: string, x: Value, probability: number): Value {
    return probability > 0 ? this.layer(name, "Dropout", [x, this.g.scalar("float32", probability)]) : x;
  }

  /** Names the output and closes the network. */
  finish(output: Value, name: string, card: NetworkCard): Model {
    output.name = this.graph.freshName(name);
    this.graph.addOutput(output);
    const model = new Model(this.graph);
    writeCard(model, card);
    return model;
  }
}

/** Pads [top, left, bottom, right] that make the output ⌈input/stride⌉ long. */
function samePads(size: readonly number[], kernel: readonly number[], stride: number): number[] {
  const totals = size.map((length, axis) =>
    Math.max((Math.ceil(length / stride) - 1) * stride + kernel[axis]! - length, 0),
  );
  if (totals.some(Number.isNaN)) fail({ code: "zoo.size", message: "padding needs a known image size" });
  return [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
}
