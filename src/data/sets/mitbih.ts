/**
 * @file MIT-BIH arrhythmia heartbeats in five AAMI classes (Moody and Mark 2001), inter-patient split of de Chazal et
 * al. 2004: DS1 trains, DS2 tests; the four paced records are apart.
 */

import { reshaped } from "../../base/tensor.ts";
import type { DataSetEntry, Read } from "../data-set-entry.ts";
import { rows } from "../selection.ts";
import { array, classLabels } from "./arrays.ts";

const folder = "mitbih";

const read =
  (set: number): Read =>
  (open) => {
    const sets = array(open, `${folder}/split.u8.npy.gz`).data as Uint8Array;
    const chosen = Uint32Array.from(sets.keys()).filter((index) => sets[index] === set);
    const beats = rows(array(open, `${folder}/x_beats.u8.npy.gz`), chosen);
    return {
      inputs: reshaped(beats, [chosen.length, 1, beats.dims[1]!]),
      labels: classLabels(rows(array(open, `${folder}/y_aami.u8.npy.gz`), chosen)),
    };
  };

export const mitbih: DataSetEntry = {
  id: "mitbih",
  title: "MIT-BIH heartbeats, inter-patient",
  task: "signal classification",
  dtype: "uint8",
  shape: [1, 187],
  classes: 5,
  classNames: ["N", "S", "V", "F", "Q"],
  counts: { train: 50_980, test: 49_673 },
  files: [
    {
      path: `${folder}/x_beats.u8.npy.gz`,
      sha256: ["60f22b8475e80945c6679d8d5e499311ebb55b086aeb1d9c1c744b0d2f939cc5"],
    },
    {
      path: `${folder}/y_aami.u8.npy.gz`,
      sha256: ["5951fe2b3ca2f78907b817e5f3d1e9138ee463e7607f10e20f1e0ff8f8ec41a2"],
    },
    { path: `${folder}/split.u8.npy.gz`, sha256: ["a4dc4875532eb925aa45a60bab5d7917457a46306a32a268503c03ef600e0425"] },
  ],
  normalisation: { scale: 1 / 255, mean: [0.29679], std: [0.21096] },
  exactness: "lossy: resampled from 360 to 125 Hz, 8 bits, each beat scaled to its own range",
  notes: [
    "very unbalanced: 90 % of the training beats are N, 8 are Q; state recall per class",
    "each beat's own least and greatest value are lost to the network; the data files keep them",
  ],
  homepage: "https://physionet.org/content/mitdb/1.0.0/",
  licence: "PhysioNet, Open Data Commons Attribution; cite Moody and Mark 2001, Goldberger et al. 2000",
  read: { train: read(0), test: read(1) },
};
