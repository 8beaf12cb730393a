/** @file The classical small tables: CSV with the class in the last column and no official split, most in scikit-learn's copies. */

import { parseCsv } from "../csv.ts";
import type { DataSetEntry } from "../data-set-entry.ts";
import { classLabels } from "./arrays.ts";

interface Facts extends Pick<DataSetEntry, "id" | "title" | "homepage"> {
  readonly classNames: readonly string[];
  readonly features: number;
  /** Examples; a fifth of them, rounded up, is the test part. */
  readonly examples: number;
  /** Name of the file there and here, and its checksum. */
  readonly file: string;
  readonly sha256: string;
  /** Of a table that is not among scikit-learn's: these begin with a line "rows,columns,class names". */
  readonly elsewhere?: { readonly url: string; readonly licence: string };
}

export function smallTable({ features, examples, file, sha256, classNames, elsewhere, ...facts }: Facts): DataSetEntry {
  const { url, licence } = elsewhere ?? { url: `${scikitLearn}/${file}`, licence: scikitLicence };
  const path = `uci-small/${file}`;
  const test = Math.ceil(examples / 5);
  return {
    ...facts,
    classes: classNames.length,
    classNames,
    counts: { train: examples - test, test },
    licence,
    task: "table classification",
    dtype: "float32",
    shape: [features],
    files: [{ path, sha256: [sha256], urls: [url] }],
    normalisation: "standardise",
    exactness: "exact",
    read: {
      all: (open) => {
        const format = { label: -1, header: false, skipLines: elsewhere === undefined ? 1 : 0 };
        const { inputs, labels } = parseCsv(open(path).toString("utf8"), path, format);
        return { inputs, labels: classLabels(labels!) };
      },
      split: "stratified",
    },
  };
}

/** The folder of scikit-learn 1.2.1 that the tables come from. */
export const scikitLearn = "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/datasets/data";
export const scikitLicence = "BSD 3-clause (scikit-learn's copy of UCI data)";
