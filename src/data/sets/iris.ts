/** @file Iris: 150 flowers of three species by four lengths (Fisher 1936). */

import { scikitLearn, scikitLicence, smallTable } from "./small-table.ts";

export const iris = smallTable({
  id: "iris",
  title: "Iris",
  features: 4,
  classes: 3,
  classNames: ["setosa", "versicolor", "virginica"],
  counts: { train: 120, test: 30 },
  path: "uci-small/iris.csv",
  sha256: "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
  url: `${scikitLearn}/iris.csv`,
  skipLines: 1,
  homepage: "https://archive.ics.uci.edu/dataset/53/iris",
  licence: scikitLicence,
});
