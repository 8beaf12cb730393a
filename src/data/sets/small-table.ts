/** @file The classical small tables: CSV with the class in the last column and no official split. */

import { parseCsv } from "../csv.ts";
import type { DataSetEntry } from "../data-set-entry.ts";
import { classLabels } from "./arrays.ts";

type Facts = Omit<DataSetEntry, "task" | "dtype" | "shape" | "files" | "read" | "normalisation" | "exactness"> & {
  readonly features: number;
  readonly path: string;
  readonly sha256: string;
  readonly url: string;
  /** scikit-learn's files begin with a line "rows,columns,class names". */
  readonly skipLines: number;
};

export function smallTable({ features, path, sha256, url, skipLines, ...facts }: Facts): DataSetEntry {
  return {
    ...facts,
    task: "table classification",
    dtype: "float32",
    shape: [features],
    files: [{ path, sha256: [sha256], urls: [url] }],
    normalisation: "standardise",
    exactness: "exact",
    read: {
      all: (open) => {
        const { inputs, labels } = parseCsv(open(path).toString("utf8"), path, { label: -1, header: false, skipLines });
        return { inputs, labels: classLabels(labels!) };
      },
      split: "stratified",
    },
  };
}

/** The folder of scikit-learn 1.2.1 that the tables come from. */
export const scikitLearn = "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/datasets/data";
export const scikitLicence = "BSD 3-clause (scikit-learn's copy of UCI data)";
