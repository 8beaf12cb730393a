/** @file The bit-widths that an energy is asked for: those of the file, or what `--bits` says. */

import { FemtoError, fail } from "../base/errors.ts";
import {
  type Counts,
  type LayerWidths,
  type StoredWeights,
  type StoredWidth,
  uniformWidths,
  type Width,
} from "../energy/index.ts";
import { codebookWidth, readQuantised } from "../export/index.ts";
import { isFloatName } from "../formats/index.ts";
import type { Model } from "../graph/model.ts";

export interface ModelWidths {
  readonly widths: readonly LayerWidths[];
  /** For people: `w4a8 everywhere`, `those of the file (qdq)`. */
  readonly text: string;
  /** Layers whose weights the file keeps as indices into a table. */
  readonly stored?: StoredWeights;
  readonly warnings: readonly string[];
}

/** @throws FemtoError `option.bits` */
export function modelWidths(model: Model, counts: Counts, option: string | undefined): ModelWidths {
  if (option !== undefined) {
    const { weight, input } = parseBits(option);
    const text = weight === input ? `${widthName(weight)} everywhere` : `weights ${weight}, activations ${input} bits`;
    return { widths: uniformWidths(counts.layers, weight, input), text, warnings: [] };
  }
  return ofFile(model, counts);
}

/** `w4a8`, `8`, `float32`. */
function parseBits(option: string): { weight: Width; input: Width } {
  const text = option.trim().toLowerCase();
  if (isFloatName(text)) return { weight: text, input: text };
  const both = /^(\d{1,2})$/.exec(text);
  const pair = /^w(\d{1,2})a(\d{1,2})$/.exec(text);
  const [weight, input] = both
    ? [Number(both[1]), Number(both[1])]
    : pair
      ? [Number(pair[1]), Number(pair[2])]
      : [0, 0];
  if (weight >= 1 && input >= 1 && weight <= 64 && input <= 64) return { weight, input };
  return fail({
    code: "option.bits",
    where: "--bits",
    message: "is no bit-width",
    expected: "w4a8 (weights, activations), one number for both, or a float format such as float32",
    got: option,
  });
}

const widthName = (width: Width): string => (typeof width === "number" ? `${width} bits` : width);

function ofFile(model: Model, counts: Counts): ModelWidths {
  const floats: ModelWidths = {
    widths: uniformWidths(counts.layers, "float32"),
    text: "float32 (the file is not quantised; --bits prices it as integers)",
    warnings: [],
  };
  const quantised = mayBeQuantised(model) ? read(model) : undefined;
  if (quantised === undefined || quantised.form === "float") return floats;
  const found = new Map(quantised.layers.map((layer) => [layer.node.describe(), layer]));
  const open: string[] = [];
  const stored = new Map<string, StoredWidth>();
  const widths = counts.layers.map((layer): LayerWidths => {
    const bits = found.get(layer.node);
    if (bits?.weight === undefined || bits.input === undefined) {
      open.push(layer.name);
      return { layer: layer.name, weight: "float32", input: "float32" };
    }
    const own = codebookWidth(bits.weight);
    if (own !== undefined) stored.set(layer.name, own);
    return { layer: layer.name, weight: bits.weight.bits, input: bits.input.bits };
  });
  return {
    widths,
    text: `those of the file (${quantised.form})${stored.size === 0 ? "" : ", weights fetched as indices of codebooks"}`,
    ...(stored.size > 0 && { stored }),
    warnings:
      open.length === 0
        ? []
        : [`priced in float32, since the file does not quantise both operands: ${open.join(", ")}`],
  };
}

/** Every form of quantisation has one of these; without them no weight needs to be looked at. */
const mayBeQuantised = ({ graph }: Model): boolean =>
  graph.nodes.some(({ kind }) => /Quant|QLinear|Integer|^Cast$/.test(kind));

/** A model with operators that Femto does not know has no readable quantisation; its counts say so already. */
function read(model: Model): ReturnType<typeof readQuantised> | undefined {
  try {
    return readQuantised(model);
  } catch (error) {
    if (error instanceof FemtoError && error.code === "operator.unknown") return undefined;
    throw error;
  }
}
