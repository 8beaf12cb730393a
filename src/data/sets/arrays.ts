/** @file Reading the `.npy` files of a set, and labels of any integer type as int32. */

import { numbers, type Tensor } from "../../base/tensor.ts";
import type { OpenFile } from "../data-set-entry.ts";
import { parseNpy } from "../npy.ts";

export const array = (open: OpenFile, path: string): Tensor => parseNpy(open(path), path);

export const classLabels = (values: Tensor): Tensor => ({
  dtype: "int32",
  dims: values.dims,
  data: Int32Array.from(numbers(values)),
});
