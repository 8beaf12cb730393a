/** @file The reductions other than ReduceSum take their axes as an input since 18. */

import { axesToInput } from "./axes-13.ts";
import type { Upgrade } from "./upgrade.ts";

export const reduce18: Upgrade = {
  ops: [
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSumSquare",
  ],
  to: 18,
  rewrite: axesToInput,
};
