/**
 * @file Names of dimensions as a file writes them ↔ symbols as `graph/dims.ts` reads them. A dimension without name or
 * number gets a fresh symbol of its own (`input_d0`), so that two unknowns are never taken to be equal.
 */

import { isMessage } from "@bufbuild/protobuf";
import { type GraphProto, type ModelProto, TypeProtoSchema, type ValueInfoProto } from "onnx-buf";
import { type Dim, multiplyDims } from "../graph/dims.ts";

/** What exporters write when they mean "not known". */
const unknowns = new Set(["", "?", "None", "none", "-1"]);

export class Symbols {
  readonly #taken = new Set<string>();

  /** Collects every symbol of the file first: a fresh one must differ also from those that come later. */
  constructor(model: ModelProto) {
    if (model.graph !== undefined) this.#collect(model.graph);
    for (const fn of model.functions) this.#collectInfos(fn.valueInfo);
  }

  /** The symbol of a `dim_param`, or a fresh one for `axis` of the value where the file does not know. */
  named(param: string, value: string, axis: number): Dim {
    return unknowns.has(param) ? this.fresh(value, axis) : symbolOf(param);
  }

  fresh(value: string, axis: number): string {
    const stem = `${value.replace(/[^\w.]+/g, "_")}_d${axis}`;
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }

  #collect(graph: GraphProto): void {
    for (const infos of [graph.input, graph.output, graph.valueInfo]) this.#collectInfos(infos);
    for (const node of graph.node) {
      for (const attribute of node.attribute) if (attribute.g !== undefined) this.#collect(attribute.g);
    }
  }

  #collectInfos(infos: readonly ValueInfoProto[]): void {
    for (const { type } of infos) {
      if (!isMessage(type, TypeProtoSchema) || type.value.case !== "tensorType") continue;
      for (const { value } of type.value.value.shape?.dim ?? []) {
        if (value.case === "dimParam" && !unknowns.has(value.value)) this.#taken.add(String(symbolOf(value.value)));
      }
    }
  }
}

/**
 * Products of names and bracketed expressions keep their meaning (`2*N*(T+1)`); anything else (`N + 1`, `12`,
 * `2*N+1`) is wrapped in brackets and so one opaque symbol, since the grammar of products would misread it.
 */
function symbolOf(param: string): Dim {
  const text = isBalanced(param) ? param.trim() : param.trim().replace(/[()]/g, "_");
  const parts = factors(text);
  const isNumber = (part: string) => /^\d+$/.test(part);
  const isProduct = parts.every((part) => isNumber(part) || isName(part) || isWrapped(part));
  const product = isProduct ? multiplyDims(text) : undefined;
  // A product with a factor of zero, or of numbers alone, is no symbol.
  return typeof product === "string" ? product : `(${text})`;
}

/** A hyphen or slash in front of a digit is arithmetic (`N-1`), in front of a letter a part of the name (`batch-size`). */
const isName = (part: string): boolean => /^[^\s*()+]+$/.test(part) && !/[-/]\d/.test(part);

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === "(") depth++;
    if (letter === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/** Whether the first bracket closes at the very end. */
const isWrapped = (part: string): boolean =>
  part.startsWith("(") && part.endsWith(")") && isBalanced(part.slice(1, -1));

/** Splits at the stars that stand outside all brackets. */
function factors(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    if (letter === "*" && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
