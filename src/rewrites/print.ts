/** @file Prints attributes, constants and graphs so that equal ones print equally: keys for sharing. */

import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Attributes } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";

/** A tensor with all its elements; −0 and 0 differ, as do types. */
export function printTensor({ dtype, dims, data }: Tensor): string {
  const elements = Array.from(data as ArrayLike<unknown>, (v) =>
    typeof v === "string" ? JSON.stringify(v) : Object.is(v, -0) ? "-0" : String(v),
  );
  return `${dtype}[${dims.join(",")}]{${elements.join(",")}}`;
}

/** Attributes in alphabetical order; `undefined` where one of them (a graph, a foreign value) has no equal. */
export function printAttributes(attributes: Attributes): string | undefined {
  const parts: string[] = [];
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!;
    if (attribute.type === "graph" || attribute.type === "opaque") return undefined;
    const print =
      attribute.type === "tensor"
        ? printTensor(attribute.value)
        : // JSON has no NaN, infinities or −0.
          JSON.stringify(attribute.value, (_, v) =>
            typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0)) ? `#${Object.is(v, -0) ? "-0" : v}` : v,
          );
    parts.push(`${name}:${attribute.type}=${print}`);
  }
  return parts.join(" ");
}

/** A graph up to the names of its values: equal texts compute the same. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Value, number>();
  const reference = (value: Value | undefined): string => {
    if (value === undefined) return "_";
    const known = numbers.get(value);
    if (known !== undefined) return `%${known}`;
    if (value.constant !== undefined) return printTensor(value.constant);
    return `"${value.name}"`;
  };
  const define = (value: Value | undefined): string => {
    if (value === undefined) return "_";
    numbers.set(value, numbers.size);
    return reference(value);
  };
  const lines = [`in ${graph.inputs.map(define).join(" ")}`];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(reference).join(" ");
    const nested = node.subgraphs.map((inner) => ` (${printGraph(inner)})`).join("");
    const plain = Object.fromEntries(Object.entries(node.attributes).filter(([, { type }]) => type !== "graph"));
    const attributes = printAttributes(plain) ?? `#${opaqueCount++}`;
    lines.push(`${node.outputs.map(define).join(" ")} = ${node.kind} ${inputs} {${attributes}}${nested}`);
  }
  lines.push(`out ${graph.outputs.map(reference).join(" ")}`);
  return lines.join("\n");
}

/** Foreign attributes are equal to nothing. */
let opaqueCount = 0;
