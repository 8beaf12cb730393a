/** @file UCI HAR: smartphone activity recognition (Anguita et al., ESANN 2013), raw signal windows, subject-wise split. */

import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { transposed } from "../transpose.ts";
import { array, classLabels } from "./arrays.ts";

const folder = "uci-har";

/** Stored time-major as round(4096·value); loaded channels first, in g and rad/s. */
const read =
  (part: "train" | "test"): Read =>
  (open) => {
    const stored = transposed(array(open, `${folder}/x_${part}.i16.npy.gz`), [0, 2, 1]);
    const values = new Float32Array(stored.data as Int16Array);
    for (let i = 0; i < values.length; i++) values[i]! /= 4096;
    return {
      inputs: { dtype: "float32", dims: stored.dims, data: values },
      labels: classLabels(array(open, `${folder}/y_${part}.u8.npy.gz`)),
    };
  };

export const uciHar: DataSetEntry = {
  id: "uci-har",
  title: "UCI HAR, inertial signals",
  task: "signal classification",
  dtype: "float32",
  shape: [9, 128],
  classes: 6,
  classNames: ["walking", "walking upstairs", "walking downstairs", "sitting", "standing", "laying"],
  counts: { train: 7_352, test: 2_947 },
  files: [
    {
      path: `${folder}/x_train.i16.npy.gz`,
      sha256: ["e841829954e9da0291a86e5fb8e834bbf5a66977bf0199dfe779d7d3226a7ccf"],
    },
    {
      path: `${folder}/y_train.u8.npy.gz`,
      sha256: ["3efa5a519b737733bc4d41d67da8087bffc62427aca39a7e5e2300493b514657"],
    },
    {
      path: `${folder}/x_test.i16.npy.gz`,
      sha256: ["c2414e6d531ea5fbdaa97783edf5cc46063c8286820c783fa81a7f522ecff248"],
    },
    {
      path: `${folder}/y_test.u8.npy.gz`,
      sha256: ["5b40329b68e913a21130c8e2cd10a83fa1563e709f072751a1e941fb0c623895"],
    },
  ],
  normalisation: "standardise",
  exactness: "lossy: rounded to 1/4096 (error at most 1.23e-4); signals, not the 561 features",
  notes: ["rows sorted by subject and activity, not in the official order; neighbouring windows overlap by half"],
  homepage: "https://archive.ics.uci.edu/dataset/240/human+activity+recognition+using+smartphones",
  licence: "no commercial use; cite Anguita, Ghio, Oneto, Parra, Reyes-Ortiz, ESANN 2013",
  read: { train: read("train"), test: read("test") },
};
