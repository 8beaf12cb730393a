/** @file Lookup-table networks as JSON: `femto.lut-network/1`. Tables are hexadecimal constants, one a table. */

import { at, fail } from "../../base/errors.ts";
import { type InputFormat, type LutLayer, type LutNetwork, tableCount, tableOf, wordsPerTable } from "./network.ts";
import { checkInputs, validated } from "./validate.ts";

const SCHEMA = "femto.lut-network/1";

interface JsonLayer {
  readonly n: number;
  readonly mapping: readonly number[];
  /** Bit a, counted from the right, is the output at address a. */
  readonly tables: readonly string[];
}

export interface LutNetworkJson {
  readonly schema: typeof SCHEMA;
  readonly input: InputFormat;
  /** Infinite thresholds are the strings "Infinity" and "-Infinity". */
  readonly encoder: { readonly feature: readonly number[]; readonly threshold: readonly (number | string)[] };
  readonly layers: readonly JsonLayer[];
  readonly classes: number;
  readonly padding: number;
}

export function toJson(network: LutNetwork): LutNetworkJson {
  const { input, encoder, layers, classes, padding = 0 } = validated(network);
  return {
    schema: SCHEMA,
    input,
    encoder: {
      feature: [...encoder.feature],
      threshold: [...encoder.threshold].map((value) => (Number.isFinite(value) ? value : String(value))),
    },
    layers: layers.map((layer) => ({
      n: layer.n,
      mapping: [...layer.mapping],
      tables: Array.from({ length: tableCount(layer) }, (_, j) =>
        tableOf(layer, j).toString(16).padStart(digits(layer.n), "0"),
      ),
    })),
    classes,
    padding,
  };
}

/** @throws FemtoError `bits.json` if it is not such a file, `bits.*` if the network in it is unsound */
export function fromJson(json: unknown, where = "lookup-table network"): LutNetwork {
  return at(where, () => {
    const file = json as Partial<LutNetworkJson> | null;
    if (file?.schema !== SCHEMA) {
      fail({
        code: "bits.json",
        message: "this is not a lookup-table network",
        expected: `schema "${SCHEMA}"`,
        got: String(file?.schema),
      });
    }
    const { input, encoder, layers, classes, padding } = file;
    if (
      typeof input !== "object" ||
      !Array.isArray(encoder?.feature) ||
      !Array.isArray(encoder.threshold) ||
      !Array.isArray(layers) ||
      typeof classes !== "number"
    ) {
      fail({ code: "bits.json", message: "a part is missing", expected: "input, encoder, layers and classes" });
    }
    return validated({
      input,
      encoder: {
        feature: indices(encoder.feature, "encoder › feature"),
        threshold: Float64Array.from(encoder.threshold, thresholdOf),
      },
      layers: layers.map((layer, index) => at(`layer ${index + 1}`, () => readLayer(layer))),
      classes,
      padding: padding ?? 0,
    });
  });
}

/** JSON writes a NaN as null, which must not become a threshold of 0. */
const thresholdOf = (value: unknown): number =>
  typeof value === "number" || value === "Infinity" || value === "-Infinity" ? Number(value) : Number.NaN;

/** Hexadecimal digits of a table. */
const digits = (n: number): number => Math.max(1, 2 ** n / 4);

function readLayer({ n, mapping, tables }: JsonLayer): LutLayer {
  if (!Array.isArray(mapping) || !Array.isArray(tables)) {
    fail({ code: "bits.json", message: "a part is missing", expected: "n, mapping and tables" });
  }
  checkInputs(n);
  const words = wordsPerTable(n);
  const packed = new Uint32Array(tables.length * words);
  tables.forEach((text, j) => {
    if (typeof text !== "string" || text.length !== digits(n) || !/^[0-9a-f]+$/.test(text)) {
      fail({
        code: "bits.json",
        where: `table ${j}`,
        message: "the table is not a constant of the right length",
        expected: `${digits(n)} hexadecimal digits`,
        got: JSON.stringify(text),
      });
    }
    let rest = BigInt(`0x${text}`);
    for (let w = 0; w < words; w++, rest >>= 32n) packed[j * words + w] = Number(rest & 0xffffffffn);
  });
  return { n, mapping: indices(mapping, "mapping"), tables: packed };
}

function indices(values: readonly unknown[], where: string): Uint32Array {
  const wrong = values.findIndex((value) => !Number.isInteger(value) || (value as number) < 0);
  if (wrong >= 0) {
    fail({
      code: "bits.json",
      where: `${where}[${wrong}]`,
      message: "an index must be an integer of at least 0",
      got: JSON.stringify(values[wrong]),
    });
  }
  return Uint32Array.from(values as readonly number[]);
}
