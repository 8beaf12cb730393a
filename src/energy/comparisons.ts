/**
 * @file What a thermometer compares: the thresholds that some table reads, each once. Where the file says that examples are
 * bytes (`femto.raw_samples`), the comparison with a byte needs no more bits than decide it: x > 127 is a wire.
 */

import { at } from "../base/errors.ts";
import { normaliser } from "../base/normalisation.ts";
import { integers, numbers, sizeOf } from "../base/tensor.ts";
import { comparedBits, lastRaw, type RawSamples } from "../formats/index.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { checkNumbers, featureRows } from "../operators/index.ts";

/** Of one example, or of one token. */
export interface Comparisons {
  /** Features that some threshold is compared with. */
  readonly features: number;
  /** Bits that each comparison looks at; absent where the width of the compared value is not that of bytes. */
  readonly bits?: readonly number[];
  /** Comparisons. */
  readonly count: number;
  /** Bits of the whole code, used or not. */
  readonly code: number;
}

/**
 * Of a node that is a thermometer with constant thresholds and bound shapes.
 * @throws FemtoError `tensor.absent` where the thresholds were not read from the file, `data.nan` where one is no number
 */
export function comparisonsOf(node: Node, raw: RawSamples | undefined, inputs: readonly Value[]) {
  const [x, thresholds] = node.inputs;
  if (node.kind !== "femto.Thermometer" || x === undefined || thresholds?.constant === undefined) return undefined;
  const given = thresholds.constant;
  at(node.describe(), () => checkNumbers(given, "thresholds", "fit the thresholds on training data first"));
  const values = numbers(given);
  const { dims } = given;
  const levels = dims.at(-1)!;
  const [total, read] = [sizeOf(x.type!.dims as readonly number[]), readBits(node.outputs[0]!)];
  const rows = dims.length === 2 ? dims[0]! : undefined;
  const found = rowsOf(x, inputs, rows);
  const count = found?.rows.length ?? rows ?? total;
  // Where the file notes nothing, examples are what the model reads.
  const isBytes = (raw?.dtype ?? found?.source.type?.dtype) === "uint8";
  const normalise = found && isBytes ? normaliser(found.shape, raw?.normalisation) : undefined;
  const bits = new Map<string, number | undefined>();
  const features = new Set<number>();
  for (let bit = 0; bit < count * levels; bit++) {
    if (read !== undefined && !read.has(bit)) continue;
    const row = Math.floor(bit / levels);
    const feature = found?.rows[row] ?? row;
    const threshold = values[dims.length === 1 ? bit % levels : bit]!;
    const last = normalise && lastRaw("uint8", (value) => !(normalise(value, feature) > threshold));
    // What no byte is above, or every byte, is a constant.
    if (last === undefined ? !Number.isFinite(threshold) : last < 0 || last >= 255) continue;
    features.add(feature);
    bits.set(`${feature}:${last ?? threshold}`, last === undefined ? undefined : comparedBits(last));
  }
  const widths = [...bits.values()];
  return {
    features: features.size,
    count: widths.length,
    code: count * levels,
    ...(normalise && { bits: widths.map((width) => width!) }),
  } satisfies Comparisons;
}

/** Bits of a code that tables read; all of them where something else reads it, or reads it whole. */
function readBits(code: Value): ReadonlySet<number> | undefined {
  const read = new Set<number>();
  if (!code.isUsed) return undefined;
  for (const { node } of code.uses) {
    const mapping = node.inputs[2]?.constant;
    if (node.kind !== "femto.LutLayer" || node.inputs[0] !== code || mapping === undefined) return undefined;
    for (const bit of integers(mapping)) read.add(bit);
  }
  return read;
}

/** The features of an example that the rows of a thermometer are, where they are a model input's. */
function rowsOf(x: Value, inputs: readonly Value[], rows: number | undefined) {
  const source = sourceOf(x);
  if (source === undefined || !inputs.includes(source)) return undefined;
  const shape = (source.type?.dims ?? []).slice(1) as number[];
  const found = featureRows(x, sizeOf(shape));
  return typeof found === "string" || (rows !== undefined && rows !== found.length)
    ? undefined
    : { rows: found, shape, source };
}

const sourceOf = (value: Value): Value | undefined =>
  value.producer === undefined ? value : value.producer.inputs[0] && sourceOf(value.producer.inputs[0]);
