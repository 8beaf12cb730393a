/** @file ISOLET: spoken letters, 617 features (Cole and Fanty 1990), part 1 for training, part 5 for testing. */

import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { array, classLabels } from "./arrays.ts";

const folder = "isolet";

const read =
  (part: "train_isolet1" | "test_isolet5"): Read =>
  (open) => ({
    inputs: array(open, `${folder}/x_${part}.f32.npy.gz`),
    labels: classLabels(array(open, `${folder}/y_${part}.u8.npy.gz`)),
  });

export const isolet: DataSetEntry = {
  id: "isolet",
  title: "ISOLET spoken letters",
  task: "table classification",
  dtype: "float32",
  shape: [617],
  classes: 26,
  classNames: [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  counts: { train: 1_560, test: 1_559 },
  files: [
    {
      path: `${folder}/x_train_isolet1.f32.npy.gz`,
      sha256: ["4faefc1523085908bc945115028318a630e5cfede39393bc00244fb5a827927e"],
    },
    {
      path: `${folder}/y_train_isolet1.u8.npy.gz`,
      sha256: ["7dfbc5c7857c11ee6727ab86b8bfea3407a03d14ee2baba31c92c973bdfa336c"],
    },
    {
      path: `${folder}/x_test_isolet5.f32.npy.gz`,
      sha256: ["8d0331cd60e19158ef0fd1c2594c704d2f565dc494a7e9762ee2a7747029101c"],
    },
    {
      path: `${folder}/y_test_isolet5.u8.npy.gz`,
      sha256: ["26952f04e8df27831b5f7ffff0a45cbe823b7d3ead109d125745712293370244"],
    },
  ],
  normalisation: "standardise",
  exactness: "exact, partial: one of the four training parts, the whole test part",
  notes: [
    "a quarter of the training speakers: accuracies do not compare with those of the full set",
    "training examples are sorted by letter",
  ],
  homepage: "https://archive.ics.uci.edu/dataset/54/isolet",
  licence: "none stated with this copy; UCI ISOLET",
  read: { train: read("train_isolet1"), test: read("test_isolet5") },
};
