/** @file Breast Cancer Wisconsin (Diagnostic): 569 tumours by 30 measures of cell nuclei (Street, Wolberg, Mangasarian 1993). */

import { scikitLearn, scikitLicence, smallTable } from "./small-table.ts";

export const breastCancer = smallTable({
  id: "breast-cancer",
  title: "Breast Cancer Wisconsin (Diagnostic)",
  features: 30,
  classes: 2,
  classNames: ["malignant", "benign"],
  counts: { train: 455, test: 114 },
  path: "uci-small/breast_cancer.csv",
  sha256: "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
  url: `${scikitLearn}/breast_cancer.csv`,
  skipLines: 1,
  homepage: "https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic",
  licence: scikitLicence,
});
