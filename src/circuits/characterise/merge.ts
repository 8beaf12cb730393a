/** @file Statistics of several traces as one: batches of images, or the channels of a depthwise layer. */

import { fail } from "../../base/errors.ts";
import type { LayerStatistics } from "./statistics.ts";

/**
 * Frequencies over all parts, each with the weight of its transitions.
 * @throws FemtoError `statistics.merge` where there is nothing to merge, or arrays or groupings differ
 */
export function mergeStatistics(parts: readonly LayerStatistics[], layer = parts[0]?.layer ?? ""): LayerStatistics {
  const first = parts[0];
  const differs = parts.find(
    ({ array, grouping }) =>
      grouping !== first!.grouping ||
      Object.entries(array).some(([key, value]) => first!.array[key as keyof typeof array] !== value),
  );
  if (first === undefined || differs !== undefined) {
    return fail({
      code: "statistics.merge",
      where: `layer ${layer}`,
      message: first === undefined ? "no statistics to merge" : "statistics of different arrays or groupings",
      ...(differs && { expected: first!.grouping, got: `${differs.grouping}, layer ${differs.layer}` }),
    });
  }
  const transitions = parts.reduce((sum, part) => sum + part.transitions, 0);
  const mean = (of: (part: LayerStatistics) => Float64Array) =>
    of(first).map((_, at) => parts.reduce((sum, part) => sum + of(part)[at]! * part.transitions, 0) / transitions);
  return {
    ...first,
    layer,
    transitions,
    activations: mean(({ activations }) => activations),
    partialSums: mean(({ partialSums }) => partialSums),
  };
}
