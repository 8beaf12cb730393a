/** @file Iris: 150 flowers of three species by four lengths (Fisher 1936). */

import { smallTable } from "./small-table.ts";

export const iris = smallTable({
  id: "iris",
  title: "Iris",
  features: 4,
  classNames: ["setosa", "versicolor", "virginica"],
  examples: 150,
  file: "iris.csv",
  sha256: "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449",
  homepage: "https://archive.ics.uci.edu/dataset/53/iris",
});
