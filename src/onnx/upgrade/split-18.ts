/** @file Split 18 wants the number of equal parts written down where no sizes are given. */

import { withAttribute } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const split18: Upgrade = {
  ops: ["Split"],
  to: 18,
  rewrite(call, context) {
    if (call.inputs[1] !== undefined) return context.emit(call);
    context.emit(withAttribute(call, "num_outputs", { type: "int", value: call.outputs.length }));
  },
};
