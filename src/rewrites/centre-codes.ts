/**
 * @file centre-codes: codes that the file keeps as unsigned bytes become signed ones, as which Femto knows weights.
 *
 * Cases: 1. DequantizeLinear of constant uint8 codes whose zero points are all 128 → of int8 codes with the same metadata, without
 * zero point; 2. anything else stays.
 */

import { numbers, tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";

const ZERO = 128;

export const centreCodes: Pass = {
  name: "centre-codes",
  run: ({ graph }) => {
    const shifted = graph.nodes.filter(isShifted);
    const centred = new Map<Value, Value>();
    for (const node of shifted) {
      const codes = node.inputs[0]!;
      const own = centred.get(codes) ?? signed(graph, codes);
      centred.set(codes, own);
      node.setInput(0, own);
      node.setInput(2, undefined);
    }
    graph.pruneInitializers();
    return shifted.length > 0;
  },
};

function isShifted({ kind, inputs: [codes, , zero] }: Node): boolean {
  return (
    kind === "DequantizeLinear" &&
    codes?.constant?.dtype === "uint8" &&
    zero?.constant !== undefined &&
    numbers(zero.constant).every((value) => value === ZERO)
  );
}

function signed(graph: Graph, codes: Value): Value {
  const { dims } = codes.constant!;
  const values = Array.from(numbers(codes.constant!), (code) => code - ZERO);
  const fresh = graph.addInitializer(`${codes.name}.int8`, tensor("int8", dims, values));
  for (const [key, text] of codes.metadata) fresh.metadata.set(key, text);
  return fresh;
}
