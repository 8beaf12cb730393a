/** @file Wine: 178 wines of three cultivars by 13 chemical measures (Forina et al. 1988). */

import { smallTable } from "./small-table.ts";

export const wine = smallTable({
  id: "wine",
  title: "Wine",
  features: 13,
  classNames: ["class_0", "class_1", "class_2"],
  examples: 178,
  file: "wine_data.csv",
  sha256: "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
  homepage: "https://archive.ics.uci.edu/dataset/109/wine",
});
