/**
 * @file Softmax, LogSoftmax and Hardmax 13 work along one axis; before, they flattened everything from `axis` (default
 * 1) on into one row. Where at most one of these dimensions is longer than 1, that row is an axis.
 */

import type { Dim } from "../../graph/dims.ts";
import type { Value } from "../../graph/value.ts";
import { withAttribute } from "./attribute-input.ts";
import type { Draft, Upgrade } from "./upgrade.ts";

export const softmax13: Upgrade = {
  ops: ["Softmax", "LogSoftmax", "Hardmax"],
  to: 13,
  rewrite(call, context) {
    const axis = singleAxis(call);
    if (axis !== undefined) return context.emit(withAttribute(call, "axis", { type: "int", value: axis }));
    const [x] = call.inputs;
    const stem = call.outputs[0]?.name ?? call.op;
    const [flat, rows, shape] = ["flat", "rows", "shape"].map((part) => context.value(`${stem}_${part}`));
    const from = call.attributes.axis ?? ({ type: "int", value: 1 } as const);
    context.emit({ op: "Flatten", inputs: [x], outputs: [flat], attributes: { axis: from } });
    context.emit({ ...withAttribute(call, "axis", { type: "int", value: -1 }), inputs: [flat], outputs: [rows] });
    context.emit({ op: "Shape", inputs: [x], outputs: [shape] });
    context.emit({ op: "Reshape", inputs: [rows, shape], outputs: call.outputs });
  },
};

function singleAxis(call: Draft): number | undefined {
  const attribute = call.attributes.axis;
  const dims = knownDims(call.inputs[0]) ?? knownDims(call.outputs[0]);
  if (dims === undefined || (attribute !== undefined && attribute.type !== "int")) return undefined;
  const stated = attribute?.value ?? 1;
  const from = stated < 0 ? stated + dims.length : stated;
  const long = dims.flatMap((dim, axis) => (axis >= from && dim !== 1 ? [axis] : []));
  if (from < 0 || from >= dims.length || long.length > 1) return undefined;
  return long[0] ?? dims.length - 1;
}

const knownDims = (value: Value | undefined): readonly Dim[] | undefined => value?.type?.dims;
