/**
 * @file The binary format of CIFAR-10 and CIFAR-100 (cs.toronto.edu/~kriz/cifar.html): records of one label byte
 * (CIFAR-100: coarse and fine label) and 32×32 red, green and blue samples, plane by plane.
 */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";

const pixels = 3 * 32 * 32;

export interface CifarImages {
  /** uint8 [N, 3, 32, 32] */
  readonly images: Tensor;
  /** int32 [N]: the class (CIFAR-100: the fine one). */
  readonly labels: Tensor;
  /** int32 [N], CIFAR-100 only: the superclass. */
  readonly coarse?: Tensor;
}

/** @param labelBytes 1 for CIFAR-10, 2 for CIFAR-100 */
export function parseCifar(bytes: Uint8Array, where: string, labelBytes: 1 | 2 = 1): CifarImages {
  const record = labelBytes + pixels;
  const total = bytes.length / record;
  if (!Number.isInteger(total) || total === 0) {
    fail({
      code: "cifar.size",
      where,
      message: "file is not a whole number of images",
      expected: `a multiple of ${record} bytes`,
      got: `${bytes.length} bytes`,
      hint: labelBytes === 1 ? "CIFAR-100 has two label bytes a record" : "CIFAR-10 has one label byte a record",
    });
  }
  const images = new Uint8Array(total * pixels);
  const labels = new Int32Array(total);
  const coarse = new Int32Array(total);
  for (let i = 0; i < total; i++) {
    const start = i * record;
    coarse[i] = bytes[start]!;
    labels[i] = bytes[start + labelBytes - 1]!;
    images.set(bytes.subarray(start + labelBytes, start + record), i * pixels);
  }
  checkLabels(labels, labelBytes === 1 ? 10 : 100, where);
  if (labelBytes === 2) checkLabels(coarse, 20, where);
  return {
    images: { dtype: "uint8", dims: [total, 3, 32, 32], data: images },
    labels: { dtype: "int32", dims: [total], data: labels },
    ...(labelBytes === 1 ? {} : { coarse: { dtype: "int32", dims: [total], data: coarse } }),
  };
}

/** A wrong record length shows itself here: pixels read as labels. */
function checkLabels(labels: Int32Array, classes: number, where: string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong < 0) return;
  fail({
    code: "cifar.label",
    where: `${where} › record ${wrong}`,
    message: "label is out of range",
    expected: `0..${classes - 1}`,
    got: `${labels[wrong]}`,
    hint: "this is another variant of the format, or the file is damaged",
  });
}
