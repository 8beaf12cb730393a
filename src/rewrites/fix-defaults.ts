/**
 * @file Fix defaults: files of IR 3 list every initializer among the inputs, as a default that a caller may replace. Nobody
 * replaces weights from outside while they are trained or quantised, so such inputs become plain initializers.
 *
 * Cases:
 * 1. an input that is also an initializer → an initializer only;
 * 2. inputs without default stay, and bodies of control flow have no defaults.
 */

import type { Pass } from "../graph/pass.ts";

export const fixDefaults: Pass = {
  name: "fix-defaults",
  run: ({ graph }) => {
    const open = graph.inputs.filter((value) => value.constant === undefined);
    const modified = open.length < graph.inputs.length;
    const held = new Set(graph.initializers);
    for (const value of graph.inputs) {
      if (value.constant !== undefined && !held.has(value)) graph.initializers.push(value);
    }
    graph.inputs.splice(0, graph.inputs.length, ...open);
    return modified;
  },
};
