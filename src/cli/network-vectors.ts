/** @file `femto circuit emit systolic --network`: the array that holds a network's first layers, and their vectors on real data. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import { type Circuit, generate, systolicArray, type Values } from "../circuits/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { checkOnArray, layerProducts, type NetworkOnArray, narrowestArray, networkOnArray } from "../runs/index.ts";
import { readData } from "./dataset.ts";
import { objectOf, wholeOf } from "./values.ts";

export const networkArgs = {
  network: { type: "string", valueHint: "FILE", description: "systolic: the first layers of an integer ONNX file" },
  data: { type: "string", valueHint: "DATA", description: "with --network: a file, or a name of `femto data list`" },
  layers: { type: "string", valueHint: "N", description: "with --network: how many layers (2)" },
  examples: { type: "string", valueHint: "N", description: "with --network: how many test examples (1)" },
  steps: {
    type: "string",
    valueHint: "N",
    description: "with --network: at most so many columns of a layer's input, evenly spread (64)",
  },
} as const;

interface Asked {
  readonly design: string;
  readonly set?: string | undefined;
  readonly top?: string | undefined;
  readonly data?: string | undefined;
  readonly layers?: string | undefined;
  readonly examples?: string | undefined;
  readonly steps?: string | undefined;
}

export interface NetworkVectors {
  readonly circuit: Circuit;
  readonly vectors: readonly Values[];
  /** What a reader of the vectors needs, as plain data. */
  readonly description: object;
  readonly sums: number;
  readonly layers: NetworkOnArray["layers"];
}

/** @throws FemtoError `option.*`, those of `layerProducts`, `arrayProduct` and `checkOnArray` */
export async function networkVectors(path: string, asked: Asked): Promise<NetworkVectors> {
  if (asked.design !== systolicArray.id) {
    const expected = `femto circuit emit ${systolicArray.id} --network FILE`;
    fail({ code: "option.conflict", where: "--network", message: "only an array multiplies layers", expected });
  }
  if (asked.data === undefined) {
    const [message, expected] = ["the vectors of a network are those of data", "--data DATA, such as --data mnist10k"];
    fail({ code: "option.missing", where: "--network", message, expected });
  }
  const count = (option: "layers" | "examples" | "steps", otherwise: number) =>
    wholeOf(option, asked[option], { least: 1, most: 1_000_000 }) ?? otherwise;
  const [layers, images, steps] = [count("layers", 2), count("examples", 1), count("steps", 64)];
  const { test } = await readData(asked.data, {});
  const products = layerProducts(readModelFile(path, { weights: "read" }), test, { layers, images, steps });
  const given: object = objectOf("set", asked.set);
  // What is no size is refused by the generator.
  const size = (value: unknown) => (Number.isInteger(value) && (value as number) > 0 ? (value as number) : 8);
  const { rows, columns } = given as { rows?: unknown; columns?: unknown };
  const circuit = generate(
    systolicArray,
    { ...narrowestArray(products, size(rows), size(columns)), ...given },
    asked.top,
  );
  const run = networkOnArray(circuit, products);
  const sums = checkOnArray(circuit.model(), run, products);
  const description = {
    array: circuit.name,
    network: { file: basename(path), sha256: createHash("sha256").update(readFileSync(path)).digest("hex") },
    data: { name: test.name, split: test.split, examples: images },
    vectors: run.vectors.length,
    sums,
    layers: run.layers,
  };
  return { circuit, vectors: run.vectors, description, sums, layers: run.layers };
}
