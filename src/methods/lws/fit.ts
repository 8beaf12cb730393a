/** @file Whether network, data and array fit each other, from shapes alone: said before anything is trained. */

import { fail } from "../../base/errors.ts";
import { checkSums } from "../../circuits/characterise/index.ts";
import { cloneModel } from "../../graph/clone.ts";
import type { Model } from "../../graph/model.ts";
import { inferModel } from "../../operators/index.ts";
import { expandCodebooks, type QuantizableLayer, quantizableLayers } from "../../rewrites/index.ts";
import { arrayOf } from "./array-unit.ts";
import { toIntegerForm } from "./integer-form.ts";
import type { LwsOptions } from "./options.ts";
import { isByOutputs } from "./rows.ts";

/**
 * @param isStart the model itself is restricted; otherwise one of the same layers, which other rows will have quantised
 * @throws FemtoError `trace.overflow`, `array.size`; those of `toIntegerForm`
 */
export function checkFit(model: Model, options: LwsOptions, isStart: boolean): void {
  if (isStart) toIntegerForm(model, arrayOf(options));
  checkShapes(model, options);
}

/**
 * That there is something to restrict, and that the array takes every layer's partial sums.
 * @throws FemtoError `lws.float`, `trace.overflow`, `array.size`
 */
export function checkShapes(model: Model, options: LwsOptions): void {
  const copy = cloneModel(model);
  expandCodebooks.run(copy);
  inferModel(copy);
  const array = arrayOf(options);
  const layers = quantizableLayers(copy);
  if (layers.length === 0) refuseWeightless(copy);
  for (const layer of layers) {
    const inputs = inputsOf(layer);
    if (inputs !== undefined) checkSums(layer.name, inputs, array);
  }
}

/** Integer operators multiply codes whose scales are elsewhere, if anywhere: nothing of them can be trained. */
function refuseWeightless({ graph }: Model): never {
  const integer = [...new Set(graph.nodes.map(({ op }) => op))].filter((op) => /Integer$|^QLinear/.test(op));
  return fail({
    code: "lws.float",
    where: `model ${graph.name}`,
    message: integer.length === 0 ? "no layer with weights" : "its weights are integers without their scales",
    expected:
      "Conv, Gemm or MatMul with constant weights: floats, or integers behind DequantizeLinear with their scales",
    ...(integer.length > 0 && { got: integer.join(", "), hint: "start from the QDQ file (model.onnx) instead" }),
  });
}

/** K, products per output; undefined for layers that have no trace. */
function inputsOf({ node, weight }: QuantizableLayer): number | undefined {
  const dims = weight.type?.dims;
  if (node.op === "ConvTranspose" || node.inputs[1] !== weight || dims?.every(Number.isInteger) !== true)
    return undefined;
  const [first, ...rest] = dims as readonly number[];
  return isByOutputs(node) ? rest.reduce((product, dim) => product * dim, 1) : first;
}

/** Energy is of transitions from one column to the next: a layer that sees an image once needs two. */
export function checkTransitions(images: number): void {
  if (images >= 2) return;
  fail({
    code: "trace.steps",
    where: "validation examples",
    message: "one image has no transitions in layers that see it once",
    expected: "T ≥ 2: at least 2 examples",
    got: String(images),
  });
}
