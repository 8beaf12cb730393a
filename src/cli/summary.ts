/** @file What a model contains: versions, inputs and outputs, nodes by kind, initializers, the work of its layers. */

import { FemtoError } from "../base/errors.ts";
import { byteSize } from "../base/tensor.ts";
import { countWork } from "../energy/index.ts";
import { type QuantisedModel, readQuantised } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { verifyModel } from "../graph/verify.ts";
import { lowestOpset } from "../onnx/index.ts";
import { inferModel, lookUp } from "../operators/index.ts";
import { oneExample } from "../rewrites/index.ts";

export interface ModelSummary {
  /** The lowest operator set in which the model can be written. */
  readonly neededOpset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: Readonly<Record<string, number>>;
  readonly functions: readonly string[];
  readonly initializers: {
    readonly elements: number;
    readonly bytes: number;
    readonly byType: Readonly<Record<string, number>>;
  };
  readonly macs: number;
  /** How the file writes quantisation; `float` where it has none, null where its shapes are not known. */
  readonly form: QuantisedModel["form"] | null;
  readonly layers: readonly LayerSummary[];
  /** Operators with work that no layer row counts. */
  readonly others: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What was checked, and what was found. */
  readonly verification: { readonly structure: "sound"; readonly shapes: string };
}

export interface LayerSummary {
  readonly name: string;
  readonly operator: string;
  readonly output: string;
  readonly macs: number;
  readonly weights: number;
  readonly inputs: number;
  readonly weightBits: number | null;
  readonly inputBits: number | null;
}

/** Counts are those of one example: every open dimension is 1. @throws FemtoError where the model does not fit together */
export function summariseModel(model: Model): ModelSummary {
  verifyModel(model);
  const unknown = unknownOperators(model);
  const quantised = unknown.length === 0 ? readQuantised(model) : undefined;
  const { graph } = model;
  const counts = countWork(model, oneExample(model));
  const bitsAt = new Map(quantised?.layers.map((layer) => [layer.node.describe(), layer]));
  const layers = counts.layers.map(({ name, node, operator, macs, nW, nA }) => {
    const found = graph.nodes.find((entry) => entry.describe() === node);
    return { name, operator, macs, weights: nW, inputs: nA, ...operandsOf(found?.outputs[0], bitsAt.get(node)) };
  });
  const others = tally(
    [...counts.nodes.filter(({ kind }) => kind !== "layer"), ...counts.unmodelled].map(({ operator }) => operator),
  );
  return {
    neededOpset: lowestOpset(model),
    inputs: graph.inputs.filter(({ constant }) => constant === undefined).map(typed),
    outputs: graph.outputs.map(typed),
    nodes: tally(graph.nodes.map(({ kind }) => kind)),
    functions: [...model.functions.keys()],
    initializers: initializersOf(model),
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    form: quantised?.form ?? null,
    layers,
    others: Object.entries(others).map(([kind, times]) => `${kind} (${times})`),
    metadata: Object.fromEntries(model.metadata),
    verification: {
      structure: "sound",
      shapes:
        unknown.length === 0 ? "inferred for every value" : `not inferred: unknown operators ${unknown.join(", ")}`,
    },
  };
}

/** Infers all shapes. Operators that Femto does not know are a finding, shapes that do not fit a mistake. */
function unknownOperators(model: Model): string[] {
  try {
    inferModel(model);
    return [];
  } catch (error) {
    if (!(error instanceof FemtoError) || error.code !== "operator.unknown") throw error;
    const kinds = model.graph.nodes.map(({ kind }) => kind).filter((kind) => lookUp(kind) === undefined);
    return [...new Set(kinds)];
  }
}

function operandsOf(
  output: Value | undefined,
  layer: QuantisedModel["layers"][number] | undefined,
): Pick<LayerSummary, "output" | "weightBits" | "inputBits"> {
  return {
    output: `[${output?.type?.dims?.join(", ") ?? "?"}]`,
    weightBits: layer?.weight?.bits ?? null,
    inputBits: layer?.input?.bits ?? null,
  };
}

const typed = ({ name, type }: Value): string =>
  `${name} ${type === undefined ? "of unknown type" : `${type.dtype}[${type.dims?.join(", ") ?? "…"}]`}`;

function initializersOf(model: Model): ModelSummary["initializers"] {
  const constants = model.graph.initializers.flatMap(({ constant }) => constant ?? []);
  const byType: Record<string, number> = {};
  for (const { dtype, data } of constants) byType[dtype] = (byType[dtype] ?? 0) + data.length;
  return {
    elements: constants.reduce((sum, { data }) => sum + data.length, 0),
    bytes: constants.reduce((sum, constant) => sum + byteSize(constant), 0),
    byType,
  };
}

/** How often each word occurs, the most frequent first. */
function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
