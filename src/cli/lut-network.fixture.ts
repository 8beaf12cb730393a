/** @file The small networks of lookup tables that commands are tested on: twelve features of three bits, three classes. */

import { type InputFormat, randomNetwork } from "../engine/bits/index.ts";

export const lutNetwork = (dtype: InputFormat["dtype"], seed: number, layers: readonly number[] = [14, 9]) =>
  randomNetwork({ input: { dtype, features: 12 }, codeBits: 24, bitsPerFeature: 3, layers, n: 4, classes: 3 }, seed);
