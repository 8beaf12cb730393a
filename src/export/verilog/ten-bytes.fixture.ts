/** @file The small network on which circuits are tested: 20 bits of ten bytes, tables of six inputs, eight bits a class. */

import { type RandomShape, randomNetwork } from "../../engine/bits/random-network.ts";

export const tenBytesShape: RandomShape = {
  input: { dtype: "uint8", features: 10 },
  codeBits: 20,
  bitsPerFeature: 3,
  layers: [20, 24],
  n: 6,
  classes: 3,
};

export const tenBytes = randomNetwork(tenBytesShape, 1);
