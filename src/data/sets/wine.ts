/** @file Wine: 178 wines of three cultivars by 13 chemical measures (Forina et al. 1988). */

import { scikitLearn, scikitLicence, smallTable } from "./small-table.ts";

export const wine = smallTable({
  id: "wine",
  title: "Wine",
  features: 13,
  classes: 3,
  classNames: ["class_0", "class_1", "class_2"],
  counts: { train: 142, test: 36 },
  path: "uci-small/wine_data.csv",
  sha256: "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede",
  url: `${scikitLearn}/wine_data.csv`,
  skipLines: 1,
  homepage: "https://archive.ics.uci.edu/dataset/109/wine",
  licence: scikitLicence,
});
