/** @file Fashion-MNIST: Zalando's articles in the shape of MNIST (Xiao, Rasul and Vollgraf 2017). */

import type { DataSetEntry } from "../data-set-entry.ts";
import { idxFiles, readIdxImages } from "./idx-images.ts";

const sums = [
  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
  "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
];

export const fashionMnist: DataSetEntry = {
  id: "fashion-mnist",
  title: "Fashion-MNIST article images",
  task: "image classification",
  dtype: "uint8",
  shape: [1, 28, 28],
  classes: 10,
  classNames: [
    ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
    ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  ],
  counts: { train: 60_000, test: 10_000 },
  files: idxFiles.map((name, index) => ({
    path: `fashion-mnist/${name}`,
    sha256: [sums[index]!],
    urls: [
      `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`,
      `https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/${name}`,
    ],
  })),
  normalisation: { scale: 1 / 255, mean: [0.28604], std: [0.35302] },
  exactness: "exact",
  homepage: "https://github.com/zalandoresearch/fashion-mnist",
  licence: "MIT (Zalando SE)",
  read: readIdxImages("fashion-mnist"),
};
