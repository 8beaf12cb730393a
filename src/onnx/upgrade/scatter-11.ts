/** @file Scatter was renamed ScatterElements at 11. */

import type { Upgrade } from "./upgrade.ts";

export const scatter11: Upgrade = {
  ops: ["Scatter"],
  to: 11,
  rewrite: (call, context) => context.emit({ ...call, op: "ScatterElements" }),
};
