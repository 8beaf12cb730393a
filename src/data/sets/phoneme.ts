/** @file Phoneme (ELENA project): nasal and oral vowels by the amplitudes of five harmonics. */

import { smallTable } from "./small-table.ts";

export const phoneme = smallTable({
  id: "phoneme",
  title: "Phoneme, nasal and oral vowels",
  features: 5,
  classNames: ["nasal", "oral"],
  examples: 5404,
  file: "phoneme.csv",
  sha256: "eacbb9f7a2b2135d067bff28ed7b9adb760f61f5e91f375f91e22e7e42ace24d",
  homepage: "https://www.openml.org/d/1489",
  elsewhere: {
    url: "https://raw.githubusercontent.com/jbrownlee/Datasets/master/phoneme.csv",
    licence: "none stated",
  },
});
