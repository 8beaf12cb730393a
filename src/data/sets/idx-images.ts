/** @file The four files of MNIST and of the sets made in its likeness: 28×28 grey images and labels, train and t10k. */

import { fail } from "../../base/errors.ts";
import { reshaped } from "../../base/tensor.ts";
import type { OpenFile, Read } from "../data-set-entry.ts";
import { parseIdx } from "../idx.ts";

export const idxFiles = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
] as const;

const read =
  (folder: string, prefix: "train" | "t10k"): Read =>
  (open: OpenFile) => {
    const [imageFile, labelFile] = [
      `${folder}/${prefix}-images-idx3-ubyte.gz`,
      `${folder}/${prefix}-labels-idx1-ubyte.gz`,
    ];
    const images = parseIdx(open(imageFile), imageFile);
    const labels = parseIdx(open(labelFile), labelFile);
    const [total, height, width] = images.dims;
    if (images.dims.length !== 3 || labels.dims.length !== 1 || labels.dims[0] !== total) {
      return fail({
        code: "data.length",
        where: imageFile,
        message: "images and labels do not belong together",
        expected: "[N, height, width] and [N]",
        got: `[${images.dims.join(", ")}] and [${labels.dims.join(", ")}]`,
      });
    }
    return {
      inputs: reshaped(images, [total!, 1, height!, width!]),
      labels: { dtype: "int32", dims: [total!], data: Int32Array.from(labels.data as Uint8Array) },
    };
  };

export const readIdxImages = (folder: string) => ({ train: read(folder, "train"), test: read(folder, "t10k") });
