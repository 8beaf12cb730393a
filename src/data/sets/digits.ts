/** @file Digits: 1797 handwritten digits of 8×8 pixels, 17 grey values (Alpaydin and Kaynak 1998, the test part). */

import { parseCsv } from "../csv.ts";
import type { DataSetEntry } from "../data-set-entry.ts";
import { classLabels } from "./arrays.ts";
import { scikitLearn, scikitLicence } from "./small-table.ts";

const path = "uci-small/digits.csv.gz";

export const digits: DataSetEntry = {
  id: "digits",
  title: "Digits, 8×8",
  task: "image classification",
  dtype: "uint8",
  shape: [1, 8, 8],
  classes: 10,
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  counts: { train: 1_438, test: 359 },
  files: [
    {
      path,
      sha256: ["46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a"],
      urls: [`${scikitLearn}/digits.csv.gz`],
    },
  ],
  normalisation: { scale: 1 / 16, mean: [0.3049], std: [0.3762] },
  exactness: "exact",
  homepage: "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
  licence: scikitLicence,
  read: {
    all: (open) => {
      const { inputs, labels } = parseCsv(open(path).toString("utf8"), path, { label: -1, header: false });
      const total = inputs.dims[0]!;
      const pixels = Uint8Array.from(inputs.data as Float32Array);
      return { inputs: { dtype: "uint8", dims: [total, 1, 8, 8], data: pixels }, labels: classLabels(labels!) };
    },
    split: "stratified",
  },
};
