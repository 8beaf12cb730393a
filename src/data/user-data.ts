/**
 * @file A user's own data: one `.npz`, `.npy`, `.csv`, `.parquet` or `.txt` file (gzipped or not) to validated train and
 * test parts. Where the file has no test part, one is split off with a fixed seed.
 */

import { basename, extname } from "node:path";
import { FemtoError, fail } from "../base/errors.ts";
import { describe, type Tensor } from "../base/tensor.ts";
import { type CsvOptions, readCsv } from "./csv.ts";
import { count, type Dataset, dataset } from "./dataset.ts";
import { encodeInputs, type Layout } from "./inputs.ts";
import { encodeLabels, type LabelOptions } from "./labels.ts";
import { readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import { readParquet } from "./parquet.ts";
import { split, splitAtEnd } from "./selection.ts";
import type { Table } from "./table.ts";
import { readText } from "./text.ts";
import { validateDataset } from "./validate.ts";

export interface UserDataOptions extends LabelOptions, CsvOptions {
  /** Names of the arrays in an `.npz`; where not given, x/y or x_train/y_train/x_test/y_test. */
  readonly arrays?: { readonly x?: string; readonly y?: string; readonly xTest?: string; readonly yTest?: string };
  /** For an `.npy` of inputs: the `.npy` of its labels. */
  readonly labelFile?: string;
  readonly layout?: Layout;
  /** Share of the examples that becomes the test part where the file has none (0.2; of a text 0.1). */
  readonly testShare?: number;
  /** Seed of that split. */
  readonly seed?: number;
}

interface Arrays {
  readonly x: Tensor;
  readonly y?: Tensor;
}

interface Found {
  readonly train: Arrays;
  readonly test?: Arrays;
  readonly notes?: readonly string[];
}

const readers: Record<string, (path: string, options: UserDataOptions) => Found | Promise<Found>> = {
  ".npz": (path, options) => fromNpz(path, options),
  ".npy": (path, { labelFile }) => ({
    train: { x: readNpy(path), ...(labelFile === undefined ? {} : { y: readNpy(labelFile) }) },
  }),
  ".csv": (path, options) => fromTable(readCsv(path, options)),
  ".tsv": (path, options) => fromTable(readCsv(path, { ...options, delimiter: options.delimiter ?? "\t" })),
  ".parquet": async (path, options) => fromTable(await readParquet(path, options)),
};

/** Loads, converts, splits and validates; every step that changed something is in the notes of the parts. */
export async function loadUserData(
  path: string,
  options: UserDataOptions = {},
): Promise<{ train: Dataset; test: Dataset }> {
  const name = basename(path).replace(/\.gz$/i, "");
  const extension = extname(name).toLowerCase();
  if (extension === ".txt") return loadText(path, name, options);
  const reader = readers[extension];
  if (reader === undefined) {
    return fail({
      code: "data.format",
      where: path,
      message: "unknown kind of data file",
      expected: [...Object.keys(readers), ".txt"].join(", "),
      got: extension === "" ? "a name without extension" : extension,
    });
  }
  const { train, test, notes = [] } = await reader(path, options);
  const parts = test === undefined ? [train] : [train, test];
  const inputs = parts.map((part) => encodeInputs(part.x, path, options.layout));
  const withLabels = parts.flatMap((part) => part.y ?? []);
  const labels = withLabels.length === parts.length ? encodeLabels(withLabels, path, options) : undefined;
  const made = inputs.map((part, index) =>
    validateDataset(
      dataset({
        name,
        split: test === undefined ? "all" : index === 0 ? "train" : "test",
        inputs: part.inputs,
        ...(labels === undefined ? {} : { labels: labels.parts[index]! }),
        ...(labels?.classes === undefined ? {} : { classes: labels.classes }),
        ...(labels?.classNames === undefined ? {} : { classNames: labels.classNames }),
        source: path,
        notes: [...notes, ...part.notes, ...(labels?.notes ?? [])],
      }),
    ),
  );
  const [first, second] = made as [Dataset, Dataset | undefined];
  if (second === undefined) return split(first, testCount(first, options.testShare ?? 0.2), options.seed ?? 0);
  sameExamples(first, second, path);
  return { train: first, test: second };
}

/** At least one example on either side, whatever the share. */
function testCount(data: Dataset, share: number): number {
  if (!(share > 0 && share < 1)) {
    fail({
      code: "option.range",
      where: "test share",
      message: "must be a part of the whole",
      expected: "between 0 and 1",
      got: `${share}`,
    });
  }
  const total = count(data);
  if (total < 2) {
    fail({
      code: "data.split",
      where: data.name,
      message: "one example cannot be split into a train and a test part",
      expected: "at least two examples",
      got: `${total}`,
    });
  }
  return Math.min(total - 1, Math.max(1, Math.round(total * share)));
}

function loadText(path: string, name: string, options: UserDataOptions): { train: Dataset; test: Dataset } {
  const { tokens, vocabulary } = readText(path);
  const all = validateDataset(
    dataset({ name, split: "all", inputs: tokens, classes: vocabulary.length, classNames: vocabulary, source: path }),
  );
  return splitAtEnd(all, testCount(all, options.testShare ?? 0.1));
}

function fromTable(table: Table): Found {
  const { inputs, labels, labelName } = table;
  if (labels === undefined) return { train: { x: inputs } };
  return { train: { x: inputs, y: labels }, notes: [`labels from column ${JSON.stringify(labelName)}`] };
}

/** Names that are looked for, upper or lower case, in this order. */
const usual = {
  x: ["x_train", "x", "train_x", "inputs", "images", "data"],
  y: ["y_train", "y", "train_y", "labels", "targets", "target"],
  xTest: ["x_test", "test_x"],
  yTest: ["y_test", "test_y"],
} as const;

function fromNpz(path: string, { arrays: chosen = {} }: UserDataOptions): Found {
  const arrays = readNpz(path);
  const listing = [...arrays].map(([name, values]) => `${name} ${describe(values)}`).join(", ") || "no arrays";
  const find = (role: keyof typeof usual): Tensor | undefined => {
    const name = chosen[role];
    if (name === undefined) {
      const names = new Map([...arrays.keys()].map((key) => [key.toLowerCase(), key]));
      const found = usual[role].find((candidate) => names.has(candidate));
      return found === undefined ? undefined : arrays.get(names.get(found)!);
    }
    return (
      arrays.get(name) ?? fail({ code: "npz.array", where: path, message: `there is no array "${name}"`, got: listing })
    );
  };
  const [x, y, xTest, yTest] = [find("x"), find("y"), find("xTest"), find("yTest")];
  if (x === undefined) {
    return fail({
      code: "npz.array",
      where: path,
      message: "there are no inputs under a usual name",
      expected: "x and y, or x_train, y_train, x_test, y_test",
      got: listing,
      hint: "name the arrays in the options",
    });
  }
  if ((y === undefined) !== (yTest === undefined) && xTest !== undefined) {
    fail({ code: "npz.array", where: path, message: "one part has labels and the other has none", got: listing });
  }
  const train = { x, ...(y === undefined ? {} : { y }) };
  return xTest === undefined ? { train } : { train, test: { x: xTest, ...(yTest === undefined ? {} : { y: yTest }) } };
}

function sameExamples(train: Dataset, test: Dataset, where: string): void {
  const [a, b] = [train.inputs, test.inputs].map((part) => describe({ ...part, dims: part.dims.slice(1) }));
  if (a === b) return;
  throw new FemtoError({
    code: "data.shape",
    where,
    message: "train and test examples differ in shape or type",
    expected: `${a}, as in train`,
    got: `${b} in test`,
  });
}
