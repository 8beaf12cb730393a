/** @file Restricted weights of a real network, from golden/weight-selection (its SOURCE.md says what was done and what was not). */

import { readFileSync } from "node:fs";
import { type WeightSelection, weightSelectionSchema } from "./schema.ts";

const golden = new URL("../../../golden/weight-selection/selection.json", import.meta.url);

/** A new value at each call: tests change it. */
export const realSelection = (): WeightSelection =>
  weightSelectionSchema.parse(JSON.parse(readFileSync(golden, "utf8")));
