/** @file Breast Cancer Wisconsin (Diagnostic): 569 tumours by 30 measures of cell nuclei (Street, Wolberg, Mangasarian 1993). */

import { smallTable } from "./small-table.ts";

export const breastCancer = smallTable({
  id: "breast-cancer",
  title: "Breast Cancer Wisconsin (Diagnostic)",
  features: 30,
  classNames: ["malignant", "benign"],
  examples: 569,
  file: "breast_cancer.csv",
  sha256: "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
  homepage: "https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic",
});
