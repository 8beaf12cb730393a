/** @file Whose transitions a unit is to meet: a network's on data, by --network and --data, or none. */

import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import { readModelFile } from "../onnx/index.ts";
import type { Traffic } from "../runs/index.ts";
import { readData } from "./dataset.ts";
import { wholeOf } from "./values.ts";

export const trafficArgs = {
  network: {
    type: "string",
    valueHint: "FILE",
    description: "a quantised ONNX file whose layers give the transitions",
  },
  data: { type: "string", valueHint: "DATA", description: "with --network: a file, or a name of `femto data list`" },
  examples: { type: "string", valueHint: "N", description: "with --network: test examples to trace (8)" },
} as const;

interface Asked {
  readonly network?: string | undefined;
  readonly data?: string | undefined;
  readonly examples?: string | undefined;
}

/** @throws FemtoError `option.missing` where one stands without the other */
export async function trafficOf({ network, data, examples }: Asked): Promise<Traffic | undefined> {
  const images = wholeOf("examples", examples, { least: 2, most: 10_000 }) ?? 8;
  if (network === undefined && data === undefined) return undefined;
  if (network === undefined || data === undefined) {
    const where = network === undefined ? "--data" : "--network";
    const expected = "both --network FILE and --data DATA, or neither";
    return fail({ code: "option.missing", where, message: "transitions are those of a network on data", expected });
  }
  const { test } = await readData(data, {});
  return { name: basename(network), model: readModelFile(network, { weights: "read" }), data: test, images };
}
