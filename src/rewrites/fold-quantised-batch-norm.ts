/**
 * @file fold-quantised-batch-norm: BatchNormalization behind a layer with frozen weights goes into the scales and the bias
 * of that layer. The codes keep their magnitude (a negative factor flips their signs, which the narrow grid allows), so
 * that folding costs no accuracy at any bit-width — unlike folding before quantising (brevitas #494).
 *
 * Cases: 1. Conv, ConvTranspose without groups, or Gemm with a frozen weight and one reader, the BatchNormalization in
 * inference mode; 2. the same with a constant bias of its own; 3. MatMul of a matrix by a frozen one, with or without an
 * Add of a constant vector: it becomes a Gemm; 4. a channel whose factor is zero, or too small for a float32 scale, gets
 * codes of zero: it is constant; 5. anything else stays.
 */

import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { type FrozenWeight, frozenWeight, replaceWeight, scaleOf, withSigns } from "./frozen-weight.ts";
import { substitute } from "./substitute.ts";

export const foldQuantisedBatchNorm: Pass = {
  name: "fold-quantised-batch-norm",
  run: (model) => {
    let modified = false;
    for (const norm of [...model.graph.nodes]) {
      const found = foldable(norm);
      if (found === undefined) continue;
      fold(new Emit(model.graph, { before: found.layer }), found, norm);
      modified = true;
    }
    model.graph.pruneInitializers();
    return modified;
  },
};

interface Foldable {
  readonly layer: Node;
  readonly weight: FrozenWeight;
  /** The layer's bias, one number a channel. */
  readonly bias: ArrayLike<number>;
  /** The Add between a MatMul and its normalisation. */
  readonly add?: Node;
}

function foldable(norm: Node): Foldable | undefined {
  if (norm.kind !== "BatchNormalization" || norm.attributes.training_mode?.value === 1) return undefined;
  if (norm.inputs.slice(1).some((input) => input?.constant === undefined)) return undefined;
  const above = soleMaker(norm, norm.inputs[0]);
  if (above === undefined) return undefined;
  const isImage =
    above.kind === "Conv" || (above.kind === "ConvTranspose" && (above.attributes.group?.value ?? 1) === 1);
  if (isImage || above.kind === "Gemm") {
    const weight = frozenWeight(above);
    const isPlain = [above.attributes.alpha, above.attributes.beta].every((a) => a === undefined || a.value === 1);
    const bias = weight && biasOf(above.inputs[2], weight.channels);
    return isPlain && bias !== undefined ? { layer: above, weight: weight!, bias } : undefined;
  }
  if (norm.inputs[0]!.type?.dims?.length !== 2) return undefined;
  const side = above.kind === "Add" ? above.inputs.findIndex((input) => input?.producer?.kind === "MatMul") : -1;
  const layer = above.kind === "MatMul" ? above : soleMaker(above, above.inputs[side]);
  const weight = layer?.kind === "MatMul" ? frozenWeight(layer) : undefined;
  const bias = weight && biasOf(side < 0 ? undefined : above.inputs[1 - side], weight.channels);
  if (bias === undefined) return undefined;
  return { layer: layer!, weight: weight!, bias, ...(side >= 0 && { add: above }) };
}

/** The node that makes a value which only `reader` reads. */
function soleMaker(reader: Node, value: Value | undefined): Node | undefined {
  const isAlone = value?.uses.length === 1 && !reader.graph!.outputs.includes(value);
  return isAlone ? value.producer : undefined;
}

function biasOf(bias: Value | undefined, channels: number): ArrayLike<number> | undefined {
  if (bias === undefined) return new Float64Array(channels);
  if (bias.constant === undefined) return undefined;
  const { dims, data } = bias.constant;
  const values = numbers(bias.constant);
  if (data.length === 1) return new Float64Array(channels).fill(values[0]!);
  return data.length === channels && dims.at(-1) === channels ? values : undefined;
}

/** Scales below this would be no normal float32 numbers. */
const LEAST_SCALE = 2 ** -126;

function fold(g: Emit, { layer, weight, bias: own, add }: Foldable, norm: Node): void {
  const { graph } = g;
  const [gamma, beta, mean, variance] = norm.inputs.slice(1).map((input) => numbers(input!.constant!));
  const epsilon = (norm.attributes.epsilon?.value as number | undefined) ?? 1e-5;
  const factors = Array.from(gamma!, (value, c) => value / Math.sqrt(variance![c]! + epsilon));
  const scales = factors.map((factor, c) => Math.abs(factor) * scaleOf(weight, c));
  const signs = factors.map((factor, c) => (scales[c]! < LEAST_SCALE ? 0 : Math.sign(factor)));
  const sums = factors.map((factor, c) => beta![c]! + (own[c]! - mean![c]!) * factor);
  const codes = withSigns(weight, signs);
  const bias: Tensor = tensor("float32", [sums.length], sums);
  replaceWeight(
    g,
    layer,
    weight,
    codes,
    scales.map((scale) => (scale < LEAST_SCALE ? 1 : scale)),
  );
  const made = layer.kind === "MatMul" ? substitute(layer, { op: "Gemm" }) : layer;
  made.setInput(2, graph.addInitializer(`${made.name}.bias`, bias));
  graph.replace(norm.outputs[0]!, made.outputs[0]!);
  graph.removeNodes(add === undefined ? [norm] : [norm, add]);
}
