/**
 * @file Constant nodes become initializers. Both mean the same; with one form every pass finds all weights in
 * `graph.initializers`, whether an exporter wrote them as nodes or not (PyTorch writes nodes for scalars, tf2onnx and
 * light model files for everything). Only a Constant that refers to an attribute of its function stays a node, since
 * its value differs from call to call.
 */

import { fail } from "../base/errors.ts";
import { scalar, type Tensor, tensor } from "../base/tensor.ts";
import type { Attribute } from "../graph/node.ts";
import { int64Saturated } from "./int64.ts";
import type { Draft } from "./upgrade/upgrade.ts";

/** The tensor that a Constant call gives; `undefined` where only a call of its function decides. */
export function constantOf({ attributes }: Pick<Draft, "attributes">): Tensor | undefined {
  const entries = Object.entries(attributes);
  const [name, attribute] = entries[0] ?? [];
  if (attribute?.type === "reference") return undefined;
  const tensor = name === undefined || attribute === undefined ? undefined : kinds[name]?.(attribute);
  if (entries.length === 1 && tensor !== undefined) return tensor;
  return fail({
    code: "onnx.attribute",
    message: "a Constant needs exactly one value",
    expected: Object.keys(kinds).join(", "),
    got: entries.map(([key, { type }]) => `${key} (${type})`).join(", ") || "none",
  });
}

const kinds: Readonly<Record<string, (attribute: Attribute) => Tensor | undefined>> = {
  value: (a) => (a.type === "tensor" ? a.value : undefined),
  value_float: (a) => (a.type === "float" ? scalar("float32", a.value) : undefined),
  value_floats: (a) => (a.type === "floats" ? tensor("float32", [a.value.length], a.value) : undefined),
  value_int: (a) => (a.type === "int" ? scalar("int64", int64Saturated(a.value)) : undefined),
  value_ints: (a) => (a.type === "ints" ? tensor("int64", [a.value.length], a.value.map(int64Saturated)) : undefined),
  value_string: (a) => (a.type === "string" ? scalar("string", a.value) : undefined),
  value_strings: (a) => (a.type === "strings" ? tensor("string", [a.value.length], a.value) : undefined),
};
