/**
 * @file Resize 11 names the rule that maps output to input positions; Resize 10 knew one: position / scale, and for
 * `nearest` rounded down where it enlarges and up where it shrinks.
 */

import { numbers, scalar } from "../../base/tensor.ts";
import { textAttribute, withAttribute } from "./attribute-input.ts";
import type { Draft, Upgrade } from "./upgrade.ts";

export const resize11: Upgrade = {
  ops: ["Resize"],
  to: 11,
  rewrite(call, context) {
    const [x, scales] = call.inputs;
    if (textAttribute(call, "mode", "nearest") !== "nearest") {
      return context.emit({ ...asymmetric(call), inputs: [x, undefined, scales] });
    }
    const known = scales?.constant && Array.from(numbers(scales.constant));
    if (known !== undefined && (known.every((scale) => scale >= 1) || known.every((scale) => scale <= 1))) {
      const rounding = known.every((scale) => scale >= 1) ? "floor" : "ceil";
      return context.emit({ ...asymmetric(call, rounding), inputs: [x, undefined, scales] });
    }
    // Axes are independent of each other: first enlarge those that grow, then shrink the others.
    const stem = call.outputs[0]?.name ?? call.op;
    const one = context.constant(`${stem}_one`, scalar("float32", 1));
    const [growth, shrinkage, enlarged] = ["growth", "shrinkage", "enlarged"].map((part) =>
      context.value(`${stem}_${part}`),
    );
    context.emit({ op: "Max", inputs: [scales, one], outputs: [growth] });
    context.emit({ op: "Min", inputs: [scales, one], outputs: [shrinkage] });
    context.emit({ ...asymmetric(call, "floor"), name: "", inputs: [x, undefined, growth], outputs: [enlarged] });
    context.emit({ ...asymmetric(call, "ceil"), inputs: [enlarged, undefined, shrinkage] });
  },
};

/** The one rule of the first Resize and of Upsample. */
export function asymmetric(call: Draft, rounding?: "floor" | "ceil"): Draft {
  const mapped = withAttribute(call, "coordinate_transformation_mode", { type: "string", value: "asymmetric" });
  return rounding === undefined ? mapped : withAttribute(mapped, "nearest_mode", { type: "string", value: rounding });
}
