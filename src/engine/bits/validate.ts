/** @file Whether a lookup-table network is one: the first thing that is wrong becomes one error. */

import { at, fail } from "../../base/errors.ts";
import {
  type Encoder,
  type InputFormat,
  type LutLayer,
  type LutNetwork,
  MOST_CLASSES,
  MOST_INPUTS,
  outputCount,
  tableCount,
  wordsPerTable,
} from "./network.ts";

/** The network itself, if it is sound. @throws FemtoError `bits.*` */
export function validated(network: LutNetwork): LutNetwork {
  return at("lookup-table network", () => {
    at("input", () => checkInput(network.input));
    at("encoder", () => checkEncoder(network.encoder, network.input.features));
    network.layers.reduce((width, layer, index) => {
      at(`layer ${index + 1}`, () => checkLayer(layer, width, index));
      return tableCount(layer);
    }, network.encoder.feature.length);
    at("output", () => checkOutput(network));
    return network;
  });
}

function checkInput(input: InputFormat): void {
  positive("features", input.features);
  if (input.dtype !== "uint8" && input.dtype !== "float32") {
    fail({
      code: "bits.dtype",
      message: "samples of this type are not encoded",
      expected: "uint8 or float32",
      got: String((input as { dtype: unknown }).dtype),
    });
  }
  if (input.dtype !== "uint8" || input.affine === undefined) return;
  const { scale, offset } = input.affine;
  if (!(scale > 0) || !Number.isFinite(scale) || !Number.isFinite(offset)) {
    fail({
      code: "bits.affine",
      message: "the affine map of raw bytes must rise, or thresholds change their side",
      expected: "a finite scale above 0 and a finite offset",
      got: `scale ${scale}, offset ${offset}`,
    });
  }
}

function checkEncoder({ feature, threshold }: Encoder, features: number): void {
  if (feature.length === 0 || feature.length !== threshold.length) {
    fail({
      code: "bits.encoder",
      message: "the encoder needs one feature and one threshold for each bit",
      got: `${feature.length} features, ${threshold.length} thresholds`,
      hint: "fit the thresholds on training data first",
    });
  }
  const missing = feature.findIndex((index) => index >= features);
  if (missing >= 0) outside(`bit ${missing}`, "feature", feature[missing]!, features);
  const unfit = threshold.findIndex((value) => Number.isNaN(value));
  if (unfit >= 0) {
    fail({
      code: "bits.threshold",
      where: `bit ${unfit}`,
      message: "the threshold is not a number",
      expected: "a number, or an infinity where the bit is constant",
      hint: "fit the thresholds on data without NaN",
    });
  }
}

/** Inputs of a table. @throws FemtoError `bits.inputs` */
export function checkInputs(n: number): void {
  if (Number.isInteger(n) && n >= 1 && n <= MOST_INPUTS) return;
  fail({
    code: "bits.inputs",
    message: "a table has too many or too few inputs",
    expected: `1 to ${MOST_INPUTS}`,
    got: String(n),
  });
}

function checkLayer(layer: LutLayer, width: number, index: number): void {
  const { n, mapping, tables } = layer;
  checkInputs(n);
  if (mapping.length === 0 || mapping.length % n !== 0) {
    fail({
      code: "bits.mapping",
      message: "the mapping does not give every table its inputs",
      expected: `a positive multiple of ${n} indices`,
      got: String(mapping.length),
    });
  }
  const words = tableCount(layer) * wordsPerTable(n);
  if (tables.length !== words) {
    fail({
      code: "bits.tables",
      message: "the packed tables do not fit the mapping",
      expected: `${words} words for ${tableCount(layer)} tables of ${2 ** n} bits`,
      got: `${tables.length} words`,
    });
  }
  const wrong = mapping.findIndex((bit) => bit >= width);
  if (wrong >= 0) {
    const place = `table ${Math.floor(wrong / n)} › input ${wrong % n}`;
    outside(place, index === 0 ? "bit of the code" : "output of the layer before", mapping[wrong]!, width);
  }
}

function checkOutput(network: LutNetwork): void {
  const { classes, padding = 0 } = network;
  positive("classes", classes);
  if (classes > MOST_CLASSES) {
    fail({
      code: "bits.classes",
      message: "there are too many classes",
      expected: `at most ${MOST_CLASSES}`,
      got: String(classes),
    });
  }
  if (!Number.isInteger(padding) || padding < 0) {
    fail({ code: "bits.count", message: "padding must be a whole number of zeros", got: String(padding) });
  }
  const outputs = outputCount(network);
  if ((outputs + padding) % classes !== 0) {
    fail({
      code: "bits.groups",
      message: "the outputs do not divide into equal groups",
      expected: `a multiple of ${classes}`,
      got: padding === 0 ? String(outputs) : `${outputs} and ${padding} of padding`,
      hint: `say padding: ${(classes - (outputs % classes)) % classes} to complete the last group with zeros`,
    });
  }
}

function positive(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  fail({ code: "bits.count", message: `${name} must be a positive integer`, got: String(value) });
}

function outside(where: string, what: string, index: number, count: number): never {
  return fail({
    code: "bits.index",
    where,
    message: `there is no such ${what}`,
    expected: `0 to ${count - 1}`,
    got: String(index),
  });
}
