/** @file How often each layer of a quantised file has each weight value, for machines that price them. */

import type { Counts, WeightValues } from "../energy/index.ts";
import { readQuantised } from "../export/index.ts";
import type { Model } from "../graph/model.ts";
import { type Machine, pricesOf } from "../machines/index.ts";

/** Nothing where the machine has no table. */
export function weightValues(model: Model, counts: Counts, machine: Machine): WeightValues | undefined {
  if (pricesOf(machine).every(({ table }) => table === undefined)) return undefined;
  const codes = new Map(readQuantised(model).layers.map(({ node, weight }) => [node.describe(), weight?.codes]));
  return Object.fromEntries(
    counts.layers.flatMap(({ name, node }) => {
      const own = codes.get(node);
      return own === undefined ? [] : [[name, histogram(own)]];
    }),
  );
}

function histogram(codes: Int32Array): { least: number; counts: number[] } {
  let [least, most] = [Infinity, -Infinity];
  for (const code of codes) [least, most] = [Math.min(least, code), Math.max(most, code)];
  const counts = new Array<number>(most - least + 1).fill(0);
  for (const code of codes) counts[code - least]!++;
  return { least, counts };
}
