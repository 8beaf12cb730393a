/** @file What a trained model is written as, by kind of artefact; the first model of each is the one that is measured. */

import { toJson } from "../engine/bits/index.ts";
import { toFloat, toInteger, toLutNetwork, toQdq, toQonnx, withCodebooks, withRawSamples } from "../export/index.ts";
import type { RawSamples } from "../formats/index.ts";
import type { Model } from "../graph/model.ts";
import { type ArtefactKind, kindOf, type Outcome } from "../methods/index.ts";
import type { RunSpec } from "./spec.ts";

export interface Artefacts {
  readonly models: Readonly<Record<string, Model>>;
  /** Files besides models. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly integer?: { readonly codes: readonly string[]; readonly accumulators: readonly string[] };
  /** The file that holds the network of lookup tables. */
  readonly lookup?: string;
  readonly codes: readonly string[];
  readonly warnings: readonly string[];
}

type Data = RunSpec["data"];

/** What stands in front of a network of thresholds that was trained on these examples. */
export const rawSamplesIn = ({ inputs, normalisation }: Data["test"]): RawSamples => ({
  dtype: inputs.dtype === "uint8" ? "uint8" : "float32",
  normalisation,
});

const exporters: Readonly<Record<ArtefactKind, (model: Model, data: Data, exported?: Model) => Artefacts>> = {
  float: (model) => ({ models: { "model.onnx": toFloat(model) }, codes: [], warnings: [] }),
  reworked: (model, _data, exported) => ({
    models: { "model.onnx": exported ?? model, ...(exported && { "model.float.onnx": model }) },
    codes: [],
    warnings: [],
  }),
  quantised: (model) => {
    const qdq = toQdq(model);
    const integer = toInteger(model);
    return {
      models: { "model.onnx": qdq.model, "model.int.onnx": integer.model, "model.qonnx.onnx": toQonnx(model) },
      integer: { codes: integer.codes, accumulators: integer.accumulators },
      codes: qdq.codes,
      warnings: integer.warnings,
    };
  },
  lookup: (model, { test }) => {
    const raw = rawSamplesIn(test);
    const network = toLutNetwork(model, raw);
    const text = `${JSON.stringify(toJson(network))}\n`;
    const files = { "network.json": new TextEncoder().encode(text) };
    return {
      models: { "model.onnx": withRawSamples(model, raw) },
      files,
      lookup: "network.json",
      codes: [],
      warnings: [],
    };
  },
};

export function artefactsOf(outcome: Outcome, data: Data): Artefacts {
  const artefacts = exporters[kindOf(outcome)](outcome.model, data, outcome.exported);
  if (outcome.storage !== "codebook") return artefacts;
  // The form of QONNX has its weights as floats.
  const models = Object.entries(artefacts.models).map(([name, model]) => [name, withCodebooks(model).model]);
  return { ...artefacts, models: Object.fromEntries(models) };
}
