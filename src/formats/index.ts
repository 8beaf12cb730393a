/** @file The formats room: the registry of families and the way from text to format. */

import { fail } from "../base/errors.ts";
import { float, floatNames, isFloatName } from "./float.ts";
import type { Format } from "./format.ts";
import { int } from "./int.ts";

export * from "./distinct-bits.ts";
export * from "./fake-quant-reference.ts";
export * from "./float.ts";
export * from "./format.ts";
export * from "./int.ts";
export * from "./inverse-normal.ts";
export * from "./learned-bits.ts";
export * from "./pack.ts";
export * from "./raw-samples.ts";
export * from "./raw-threshold.ts";
export * from "./thermometer.ts";

const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const list = `${number}(?:,${number})*`;
const intPattern = new RegExp(`^(u?)int(\\d+)( narrow)?(?: axis=(\\d+))? scale=(${list})(?: zero=(${list}))?$`);

/** Reads a family's text; `undefined` where the text is not of this family. One row a family. */
const families: Record<Format["family"], (text: string) => Format | undefined> = {
  float: (text) => (isFloatName(text) ? float(text) : undefined),
  int: (text) => {
    const match = intPattern.exec(text);
    if (match === null) return undefined;
    const [, unsigned, bits, narrow, axis, scale, zero] = match;
    const numbers = (words: string) => words.split(",").map(Number);
    return int({
      bits: Number(bits),
      signed: unsigned === "",
      narrow: narrow !== undefined,
      scale: numbers(scale!),
      ...(zero !== undefined && { zero: numbers(zero) }),
      ...(axis !== undefined && { axis: Number(axis) }),
    });
  },
};

/**
 * The format that a text names: `parseFormat("uint4 scale=0.1 zero=3")`. `parseFormat(format.id)` gives the format back.
 * @throws FemtoError `format.parse`, and those of {@link int}
 */
export function parseFormat(text: string): Format {
  for (const parse of Object.values(families)) {
    const format = parse(text.trim());
    if (format !== undefined) return format;
  }
  return fail({
    code: "format.parse",
    message: "text does not name a number format",
    expected: `${floatNames.join(", ")}, "int5 narrow scale=0.25" or "uint4 scale=0.1 zero=3"`,
    got: JSON.stringify(text),
  });
}
