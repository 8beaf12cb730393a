/** @file CIFAR-10 as published: the archive of the binary version, read without unpacking it to disk. */

import { parseCifar } from "../cifar-binary.ts";
import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { tarMember } from "../tar.ts";
import { cifarClasses, cifarHomepage, cifarLicence } from "./cifar-classes.ts";

const archive = "cifar-10/cifar-10-binary.tar.gz";

const read =
  (names: readonly string[]): Read =>
  (open) => {
    const tar = open(archive);
    const members = names.map((name) => tarMember(tar, `cifar-10-batches-bin/${name}.bin`, archive));
    const { images, labels } = parseCifar(Buffer.concat(members), archive);
    return { inputs: images, labels };
  };

export const cifar10Exact: DataSetEntry = {
  id: "cifar10-exact",
  title: "CIFAR-10",
  task: "image classification",
  dtype: "uint8",
  shape: [3, 32, 32],
  classes: 10,
  classNames: cifarClasses,
  counts: { train: 50_000, test: 10_000 },
  files: [
    {
      path: archive,
      sha256: ["c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"],
      urls: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
    },
  ],
  normalisation: { scale: 1 / 255, mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  exactness: "exact",
  homepage: cifarHomepage,
  licence: cifarLicence,
  read: { train: read([1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}`)), test: read(["test_batch"]) },
};
