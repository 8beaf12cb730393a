/** @file TopK 10 takes k as an input, a list of one number. */

import { i64 } from "../../base/tensor.ts";
import { attributeAsInput, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const topK10: Upgrade = {
  ops: ["TopK"],
  to: 10,
  rewrite(call, context) {
    const [x] = call.inputs;
    const rest = without(call, "k");
    const { k } = call.attributes;
    const stem = `${call.outputs[0]?.name ?? call.op}_k`;
    if (k?.type === "int") return context.emit({ ...rest, inputs: [x, context.constant(stem, i64([k.value]))] });
    // A reference to a function's attribute gives a scalar.
    const list = context.value(`${stem}_list`);
    const shape = context.constant(`${stem}_shape`, i64([1]));
    context.emit({ op: "Reshape", inputs: [attributeAsInput(call, "k", context), shape], outputs: [list] });
    context.emit({ ...rest, inputs: [x, list] });
  },
};
