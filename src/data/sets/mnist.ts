/** @file MNIST: 70 000 handwritten digits (LeCun, Bottou, Bengio and Haffner 1998). */

import type { DataSetEntry } from "../data-set-entry.ts";
import { idxFiles, readIdxImages } from "./idx-images.ts";

/** [sum of a wrapper without name and time, sum of the original download]; the content is the same. */
const sums: readonly (readonly [string, string])[] = [
  [
    "71524e2cd1ad2968737f7f2f2ff69cbfc32df8ccddff51593f7cb2d4e0eb5b64",
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  ],
  [
    "fe03b8bd7915f70bf5aa08be480aa413fbd85afcaa58b35d230d335f284fd88e",
    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  ],
  [
    "5634745efa576a17e7d4cf5cd9d09123c75e6538e5114267c2d156edaf519341",
    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  ],
  [
    "ae18e77e031ccde52407f794d123116439864147d33ac992975f85dd4dc42af6",
    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
  ],
];

export const mnist: DataSetEntry = {
  id: "mnist",
  title: "MNIST handwritten digits",
  task: "image classification",
  dtype: "uint8",
  shape: [1, 28, 28],
  classes: 10,
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  counts: { train: 60_000, test: 10_000 },
  files: idxFiles.map((name, index) => ({
    path: `mnist/${name}`,
    sha256: sums[index]!,
    urls: [
      `https://ossci-datasets.s3.amazonaws.com/mnist/${name}`,
      `https://storage.googleapis.com/cvdf-datasets/mnist/${name}`,
    ],
  })),
  normalisation: { scale: 1 / 255, mean: [0.13066], std: [0.30811] },
  exactness: "exact",
  homepage: "http://yann.lecun.com/exdb/mnist/",
  licence: "none stated by the authors",
  read: readIdxImages("mnist"),
};
