/**
 * @file A model of femto operators that is a lookup-table network — thermometer, LUT layers, group sum — as the plain data
 * that the `bits` engine, C and circuits are made from, with thresholds on raw samples.
 */

import { at, fail } from "../base/errors.ts";
import { normaliser } from "../base/normalisation.ts";
import { integers, numbers, sizeOf, type Tensor } from "../base/tensor.ts";
import { type LutLayer, type LutNetwork, packTables, validated } from "../engine/bits/index.ts";
import { lastRaw, type RawSamples } from "../formats/index.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { checkNumbers, featureRows, findOperator, readAttributes } from "../operators/index.ts";
import { detachFunctions } from "../rewrites/index.ts";

/**
 * The network of a model as `methods/dwn` returns it, or as such a model was read from its file.
 * @throws FemtoError `export.lut` where the model is no lookup-table network
 */
export function toLutNetwork(given: Model, raw: RawSamples): LutNetwork {
  // Read from its file, a model has a function for each femto operator, under names of their own.
  const model = cloneModel(given);
  detachFunctions.run(model);
  const layers: LutLayer[] = [];
  const [logits] = model.graph.outputs;
  let node = producerOf(logits, ["Transpose", "femto.GroupSum"]);
  if (node.kind === "Transpose") node = producerOf(node.inputs[0], ["femto.GroupSum"]);
  const { groups, pad } = attributesOf(node) as { groups: number; pad: boolean };
  node = producerOf(node.inputs[0], ["femto.LutLayer", "femto.Thermometer"]);
  for (; node.op === "LutLayer"; node = producerOf(node.inputs[0], ["femto.LutLayer", "femto.Thermometer"])) {
    layers.unshift(layerOf(node));
  }
  const shape = model.graph.inputs[0]!.type!.dims!.slice(1) as number[];
  const encoder = encoderOf(node, shape, raw);
  const outputs = layers.length === 0 ? encoder.feature.length : layers.at(-1)!.mapping.length / layers.at(-1)!.n;
  const padding = pad ? (groups - (outputs % groups)) % groups : 0;
  return validated({
    input: { dtype: raw.dtype, features: sizeOf(shape) },
    encoder,
    layers,
    classes: groups,
    ...(padding > 0 && { padding }),
  });
}

/** The node that makes a value, which must be of one of these kinds. */
function producerOf(value: Value | undefined, kinds: readonly string[]): Node {
  const node = value?.producer;
  if (node !== undefined && kinds.includes(node.kind)) return node;
  return fail({
    code: "export.lut",
    where: value === undefined ? "the model" : `value "${value.name}"`,
    message: "the model is no network of lookup tables",
    expected: `the output of ${kinds.join(" or ")}`,
    got: node?.kind ?? "an input or a constant",
    hint: "train one with femto optimize --method dwn",
  });
}

const attributesOf = (node: Node) => readAttributes(findOperator(node.kind).attributes, node.attributes);

function constantOf(value: Value | undefined, what: string): Tensor {
  return (
    value?.constant ??
    fail({ code: "export.lut", where: what, message: "must be constant to become a network of lookup tables" })
  );
}

function layerOf(node: Node): LutLayer {
  const where = node.describe();
  const tables = constantOf(node.inputs[1], `${where} › tables`);
  const mapping = constantOf(node.inputs[2], `${where} › mapping`);
  const n = mapping.dims[1]!;
  const packed = tables.dtype === "uint64" ? unpacked(tables, n) : packTables(numbers(tables), n);
  return { n, mapping: Uint32Array.from(integers(mapping)), tables: packed };
}

/** 64-bit words as the 32-bit words of the engine. */
function unpacked(tables: Tensor, n: number): Uint32Array {
  const words = tables.data as BigUint64Array;
  const halves = Array.from(words, (word) => [Number(word & 0xffffffffn), Number(word >> 32n)]);
  return Uint32Array.from(n < 6 ? halves.map(([low]) => low!) : halves.flat());
}

const UNFITTED = "fit the thresholds on training data first: femto optimize --method dwn does";

/** Feature and raw threshold of every thermometer bit, in order. */
function encoderOf(node: Node, shape: readonly number[], raw: RawSamples): LutNetwork["encoder"] {
  const thresholds = constantOf(node.inputs[1], `${node.describe()} › thresholds`);
  at(node.describe(), () => checkNumbers(thresholds, "thresholds", UNFITTED));
  const bits = thresholds.dims.at(-1)!;
  const rows = featureRows(node.inputs[0]!, sizeOf(shape));
  if (typeof rows === "string") {
    return fail({
      code: "export.lut",
      where: `${node.describe()} › input x`,
      message: "the model is no network of lookup tables",
      expected: "features of the input, picked by Gather, Transpose, Cast, Reshape or Flatten",
      got: rows,
    });
  }
  const values = numbers(thresholds);
  const isShared = thresholds.dims.length === 1;
  const feature = Uint32Array.from({ length: rows.length * bits }, (_, b) => rows[Math.floor(b / bits)]!);
  const normalise = normaliser(shape, raw.normalisation);
  const threshold = Float64Array.from(feature, (f, b) => {
    const isBelow = (value: number) => !(normalise(value, f) > values[isShared ? b % bits : b]!);
    return lastRaw(raw.dtype, isBelow);
  });
  return { feature, threshold };
}
