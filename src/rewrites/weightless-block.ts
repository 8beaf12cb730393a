/**
 * @file The weightless block that stands in the place of a transformer's MLP (QuWeiT, arXiv 2411.01818; sheet M6):
 * thermometer bits of each feature → tables whose inputs are learned → tables with a fixed mapping → a vector added for
 * every bit that is 1. Nothing multiplies. All of it works on rows [features, tokens].
 *
 * Written in the form that is trained: thresholds, scores, real table entries and vectors are float initializers.
 * `hardenBlocks` takes what is left of them afterwards.
 */

import { fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import { reshaped, type Tensor, tensor } from "../base/tensor.ts";
import { inverseNormal } from "../formats/index.ts";
import type { Value } from "../graph/value.ts";
import { dimsOf, type Emit, MOST_INPUTS } from "../operators/index.ts";
import { drawCandidates, randomMapping } from "./lut-wiring.ts";

export interface BlockOptions {
  /** Tables of each layer; 256 and 512 in the paper. */
  readonly layers: readonly number[];
  /** n, inputs of a table. */
  readonly inputs: number;
  /** T, thresholds of a feature. */
  readonly bits: number;
  /** How the first layer finds its inputs. */
  readonly mapping: "learned" | "random";
  /** Candidates of a slot of the first layer; `null` for every bit. */
  readonly candidates: number | null;
  /** Whose bits select vectors: those of the last layer, as in the paper, or of all layers. */
  readonly selects: "last" | "all";
  /**
   * Initial entries: `threshold`, what a unit with random weights would say of the inputs as ±1, Σ w·s/√n with w from
   * N(0, 1), clipped; or `uniform` in −1..1, as the authors have it, where neighbouring addresses know nothing of each other.
   */
  readonly entries: "threshold" | "uniform";
  readonly temperature: number;
  readonly difference: "exponential" | "linear" | "plain";
}

/** The paper's sizes but for its first layer of 256: tables whose wiring is learned and that select vectors at once learn faster. */
export const BLOCK_DEFAULTS: BlockOptions = {
  layers: [512],
  inputs: 6,
  bits: 8,
  mapping: "learned",
  candidates: 64,
  selects: "last",
  entries: "threshold",
  temperature: 0.001,
  difference: "exponential",
};

/** @throws FemtoError `option.range` */
export function checkBlockOptions({ layers, inputs, bits, candidates }: BlockOptions): void {
  const whole = (name: string, value: number, most: number) => {
    if (Number.isInteger(value) && value >= 1 && value <= most) return;
    fail({
      code: "option.range",
      where: `option ${name}`,
      message: "a weightless block cannot be built so",
      expected: Number.isFinite(most) ? `a whole number from 1 to ${most}` : "a whole number from 1",
      got: `${value}`,
    });
  };
  whole("inputs", inputs, MOST_INPUTS);
  whole("bits", bits, Number.POSITIVE_INFINITY);
  if (candidates !== null) whole("candidates", candidates, Number.POSITIVE_INFINITY);
  whole("layers", layers.length, Number.POSITIVE_INFINITY);
  for (const tables of layers) whole("layers", tables, Number.POSITIVE_INFINITY);
}

/** Deviation of the initial vectors [reconstructed: that of all other weights]. */
const VECTOR_DEVIATION = 0.02;

/**
 * Emits a block and its initial values, named after it.
 * @param x [features, tokens], what the layer norm in front puts out
 * @param affine scale and shift of that norm, from which the thresholds start: its features are shift + scale·N(0, 1)
 * @returns [features, tokens]
 */
export function emitBlock(
  g: Emit,
  name: string,
  x: Value,
  affine: { readonly scale?: ArrayLike<number>; readonly shift?: ArrayLike<number> },
  seed: number,
  options: BlockOptions,
): Value {
  const { layers, inputs, bits, mapping, candidates, selects, temperature, difference } = options;
  const startOf = options.entries === "uniform" ? uniformEntries : thresholdEntries;
  const width = dimsOf(x)[0] as number;
  const learned = (part: string, value: Tensor) => g.graph.addInitializer(`${name}/${part}`, value);
  const draw = (part: string, dims: readonly [number, number], next: (rng: Rng) => number) => {
    const rng = new Rng(seed, `${name}/${part}`);
    return learned(
      part,
      tensor(
        "float32",
        dims,
        Float32Array.from({ length: dims[0] * dims[1] }, () => next(rng)),
      ),
    );
  };
  g.scope = name;
  const thresholds = learned("thresholds", gaussianThresholds(width, bits, affine));
  let at = g.op("femto.Thermometer", [x, thresholds], { axis: 0 });
  let features = Array.from({ length: width * bits }, (_, i) => i);
  const outputs: Value[] = [];
  for (const [i, tables] of layers.entries()) {
    const rng = new Rng(seed, `${name}/wiring${i + 1}`);
    const start = startOf(tables, inputs, new Rng(seed, `${name}/tables${i + 1}`));
    const entries = learned(`tables${i + 1}`, tensor("float32", [tables, 2 ** inputs], start));
    let fixed: Value | undefined;
    // Learned in the first layer alone: flips further on unsettle the gradients (M4).
    if (i === 0 && mapping === "learned") {
      const { groups, width: choices, features: named } = drawCandidates(features, tables, inputs, candidates, rng);
      const scores = draw("scores", [tables * inputs, choices], (r) => r.uniform());
      const from = g.graph.addInitializer(`${name}/candidates`, tensor("int64", [groups, choices], named));
      at = g.op("femto.LearnedMapping", [at, scores, from], { axis: 0, temperature });
    } else {
      const wires = randomMapping(features, tables, inputs, rng);
      fixed = g.graph.addInitializer(
        `${name}/mapping${i + 1}`,
        reshaped(tensor("int64", [wires.length], wires), [tables, inputs]),
      );
    }
    at = g.op("femto.LutLayer", [at, entries, fixed], { axis: 0, strict: true, difference });
    outputs.push(at);
    features = Array.from({ length: tables }, (_, j) => j);
  }
  const selecting = selects === "all" && outputs.length > 1 ? g.op("Concat", outputs, { axis: 0 }) : at;
  const count = dimsOf(selecting)[0] as number;
  const vectors = draw("vectors", [count, width], (r) => VECTOR_DEVIATION * r.normal());
  return g.op("femto.ConditionalSum", [selecting, vectors], { axis: 0, strict: true });
}

const uniformEntries = (tables: number, inputs: number, rng: Rng): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: tables * 2 ** inputs }, () => 2 * rng.uniform() - 1);

function thresholdEntries(tables: number, inputs: number, rng: Rng): Float32Array<ArrayBuffer> {
  const size = 2 ** inputs;
  const entries = new Float32Array(tables * size);
  for (let j = 0; j < tables; j++) {
    const weights = Array.from({ length: inputs }, () => rng.normal() / Math.sqrt(inputs));
    for (let a = 0; a < size; a++) {
      const sum = weights.reduce((total, w, k) => total + ((a >> k) & 1 ? w : -w), 0);
      entries[j * size + a] = Math.max(-1, Math.min(1, sum));
    }
  }
  return entries;
}

/** shift + scale·Φ⁻¹(i/(T + 1)), ascending (M1, Gaussian rule), float32 [features, T]. */
function gaussianThresholds(
  width: number,
  bits: number,
  { scale, shift }: { readonly scale?: ArrayLike<number>; readonly shift?: ArrayLike<number> },
): Tensor {
  const quantiles = Array.from({ length: bits }, (_, i) => inverseNormal((i + 1) / (bits + 1)));
  const values = Array.from({ length: width }, (_, f) => {
    const [factor, offset] = [Math.abs(scale?.[f] ?? 1), shift?.[f] ?? 0];
    return quantiles.map((q) => offset + factor * q);
  });
  return tensor("float32", [width, bits], values.flat());
}
