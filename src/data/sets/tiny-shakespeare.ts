/** @file Tiny Shakespeare (Karpathy 2015): a megabyte of plays, for character-level language models. */

import type { DataSetEntry } from "../data-set-entry.ts";
import { parseText } from "../text.ts";

const path = "tiny-shakespeare/input.txt";

export const tinyShakespeare: DataSetEntry = {
  id: "tiny-shakespeare",
  title: "Tiny Shakespeare, characters",
  task: "character model",
  dtype: "int32",
  shape: [],
  classes: 65,
  counts: { train: 1_003_854, test: 111_540 },
  files: [
    {
      path,
      sha256: ["86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"],
      urls: ["https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"],
    },
  ],
  exactness: "exact",
  notes: ["no official split: the usual one, the last tenth for testing"],
  homepage: "https://github.com/karpathy/char-rnn",
  licence: "public domain; the repository says MIT",
  read: {
    all: (open) => {
      const { tokens, vocabulary } = parseText(open(path), path);
      return { inputs: tokens, classNames: vocabulary };
    },
    split: "at end",
  },
};
