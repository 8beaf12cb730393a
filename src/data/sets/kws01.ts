/** @file MLPerf Tiny keyword spotting accuracy set: 1000 utterances of Speech Commands v2 as int8 MFCC features. */

import { reshaped } from "../../base/tensor.ts";
import type { DataSetEntry } from "../data-set-entry.ts";
import { array, classLabels } from "./arrays.ts";

const folder = "mlperf-tiny-kws01";
/** The input quantisation of the reference model: value = (x − 83)·0.5847029. */
const scale = 0.5847029;
const zeroPoint = 83;

export const kws01: DataSetEntry = {
  id: "kws01",
  title: "MLPerf Tiny keyword spotting, test set",
  task: "signal classification",
  dtype: "int8",
  shape: [1, 49, 10],
  classes: 12,
  classNames: [...["down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes"], ...["silence", "unknown"]],
  counts: { test: 1_000 },
  files: [
    {
      path: `${folder}/x_test.i8.npy.gz`,
      sha256: ["139e4b846a1322976e42231c34de333b3f16c21bab3f0e891e63f678f56fb1dc"],
    },
    {
      path: `${folder}/y_test.u8.npy.gz`,
      sha256: ["71cca4e78337ff59c7b726ada258abe9393da597b35950942ed8835d5653d214"],
    },
  ],
  normalisation: { scale, mean: [zeroPoint * scale], std: [1] },
  exactness: "exact",
  notes: ["a test set only: there is nothing to train on"],
  homepage: "https://github.com/mlcommons/tiny/tree/master/benchmark/evaluation/datasets/kws01",
  licence: "audio: Speech Commands, CC BY 4.0; features: copyright EEMBC, no licence stated",
  read: {
    test: (open) => ({
      inputs: reshaped(array(open, `${folder}/x_test.i8.npy.gz`), [1_000, 1, 49, 10]),
      labels: classLabels(array(open, `${folder}/y_test.u8.npy.gz`)),
    }),
  },
};
