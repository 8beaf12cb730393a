/** @file The exact images at hand of CIFAR-10: the first 4000 of the training set and 200 of the test set. */

import { parseCifar } from "../cifar-binary.ts";
import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { cifarClasses, cifarHomepage, cifarLicence } from "./cifar-classes.ts";

const train = "cifar-10/exact_train_first4000.bin.gz";
const test = "cifar-10/exact_test_ic01_200.bin.gz";

const read =
  (path: string): Read =>
  (open) => {
    const { images, labels } = parseCifar(open(path), path);
    return { inputs: images, labels };
  };

export const cifar10ExactSubset: DataSetEntry = {
  id: "cifar10-exact-subset",
  title: "CIFAR-10, exact images of a subset",
  task: "image classification",
  dtype: "uint8",
  shape: [3, 32, 32],
  classes: 10,
  classNames: cifarClasses,
  counts: { train: 4_000, test: 200 },
  files: [
    { path: train, sha256: ["0bb145d179ecb2a750190e62493390eeb7162bf39f48bbe8e48630dd27a8a1ba"] },
    { path: test, sha256: ["fd50d555e55c1b21e9c58877f84e4a2fe4b31c9094f2b84450155a8cf73ce338"] },
  ],
  normalisation: { scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  exactness: "exact, partial: training records 0..3999 and the 200 test images of MLPerf Tiny",
  notes: ["200 test images: one is half a percentage point", "normalisation is that of the whole training set"],
  homepage: cifarHomepage,
  licence: cifarLicence,
  read: { train: read(train), test: read(test) },
};
