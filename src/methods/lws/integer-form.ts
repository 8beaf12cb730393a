/**
 * @file What LWS trains: an int8 network of any make as weights behind `femto.SetQuant` with frozen scales, activations behind
 * `femto.FakeQuant`, batch norms folded — so that the integer weights are those that the array will hold.
 */

import { fail } from "../../base/errors.ts";
import { scalar } from "../../base/tensor.ts";
import { largestWeight, type SystolicArray } from "../../circuits/characterise/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import { applyPasses } from "../../graph/pass.ts";
import type { Value } from "../../graph/value.ts";
import { inferModel } from "../../operators/index.ts";
import {
  adoptQuantisers,
  centreCodes,
  expandCodebooks,
  foldQuantisedBatchNorm,
  freezeWeights,
  gridOf,
  isSetQuant,
  plainGemm,
  quantizableLayers,
  removeDeadNodes,
  removeIdentities,
  setGridOf,
} from "../../rewrites/index.ts";

/** One restrictable layer of the form. */
export interface FormLayer {
  readonly name: string;
  /** Initializers: latent weights, table, and the weight's mask where it has one. */
  readonly weight: string;
  readonly table: string;
  /** m of codes −m … m. */
  readonly most: number;
  readonly bits: { readonly weight: number; readonly input: number };
}

export interface IntegerForm {
  readonly model: Model;
  readonly layers: readonly FormLayer[];
  /** Weighted layers that stay as they are, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/** The FakeQuant behind operators that leave numbers on their grid. */
export function inputQuantiser(value: Value): Node | undefined {
  for (let at: Value | undefined = value; at?.producer !== undefined; at = at.producer.inputs[0]) {
    if (at.producer.kind === "femto.FakeQuant") return at.producer;
    if (!keeping.has(at.producer.kind)) return undefined;
  }
  return undefined;
}

const keeping = new Set([
  ...["Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "MaxPool", "GlobalMaxPool", "Dropout"],
]);

/**
 * A copy in this form.
 * @throws FemtoError `lws.float` where no layer has integer codes, `lws.weight` for codes wider than the array's weights
 */
export function toIntegerForm(model: Model, array: SystolicArray): IntegerForm {
  const copy = cloneModel(model);
  applyPasses(copy, [expandCodebooks, centreCodes]);
  inferModel(copy);
  const isForm = copy.graph.nodes.some(isSetQuant);
  const passes = isForm
    ? [removeIdentities]
    : [removeIdentities, freezeWeights, plainGemm, foldQuantisedBatchNorm, adoptQuantisers, removeDeadNodes];
  applyPasses(copy, passes);
  inferModel(copy);
  const layers: FormLayer[] = [];
  const skipped: { name: string; why: string }[] = [];
  for (const { name, weight, input } of quantizableLayers(copy)) {
    const quantiser = inputQuantiser(input);
    const set = weight.producer;
    if (!isSetQuant(set) || quantiser === undefined) {
      skipped.push({
        name,
        why: isSetQuant(set) ? "its input has no integer codes" : "its weight has no integer codes",
      });
      continue;
    }
    const { most, bits } = setGridOf(set);
    if (most > largestWeight(array.weightBits)) {
      fail({
        code: "lws.weight",
        where: `layer ${name} › weights`,
        message: "weights are wider than the array takes",
        expected: `at most ${array.weightBits} bits`,
        got: `${bits} bits`,
      });
    }
    narrowInput(copy, quantiser, array);
    const [latent, , table] = set.inputs;
    const input8 = gridOf(quantiser).bits;
    layers.push({ name, weight: latent!.name, table: table!.name, most, bits: { weight: bits, input: input8 } });
  }
  if (layers.length === 0) {
    fail({
      code: "lws.float",
      where: `model ${model.graph.name}`,
      message: "no layer has integer weights and activations",
      expected:
        "an int8 model: integer weights with their scales, quantised activations (QuantizeLinear and DequantizeLinear, or femto.FakeQuant)",
      got: skipped.map(({ name, why }) => `${name}: ${why}`).join("; ") || "no weighted layer",
      hint: "quantise first, e.g. by femto optimize --method eqat, and start from its model.onnx",
    });
  }
  return { model: copy, layers, skipped };
}

/**
 * Codes less zero must fit a signed operand: with n activation bits, an unsigned or affine grid of n − 1. The range stays, the
 * grid becomes coarser.
 */
function narrowInput(model: Model, quantiser: Node, { activationBits }: SystolicArray): void {
  const { bits, isSigned } = gridOf(quantiser);
  const most = isSigned ? activationBits : activationBits - 1;
  if (bits <= most) return;
  const stem = quantiser.inputs[1]!.name;
  quantiser.setInput(1, model.graph.addInitializer(`${stem}_${most}`, scalar("float32", most)));
}
