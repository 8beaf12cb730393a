/** @file Searcher: mappings of many layers on one architecture. Layers that are equal but for their names are searched once. */

import type { NestArchitecture } from "./architecture.ts";
import type { NestLayer } from "./layer.ts";
import { problemOf } from "./problem.ts";
import { type Found, type SearchOptions, searchNest } from "./search.ts";
import type { Wanted } from "./unrolling.ts";

export type Searcher = (layer: NestLayer, wanted: Wanted, options?: SearchOptions) => Found;

/** @example const search = searcherOn(architecture); const { cost } = search(layer, { D1: { K: 32 }, D2: { C: 32 } }); */
export function searcherOn(architecture: NestArchitecture): Searcher {
  const known = new Map<string, Found>();
  return (layer, wanted, options = {}) => {
    const key = JSON.stringify([layer.loops, layer.operands, wanted, options]);
    const found = known.get(key) ?? searchNest(problemOf(layer, architecture, wanted), options);
    known.set(key, found);
    return found;
  };
}
