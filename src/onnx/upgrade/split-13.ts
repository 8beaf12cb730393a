/** @file Split 13 takes the sizes of the parts as an input. */

import { attributeAsInput, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const split13: Upgrade = {
  ops: ["Split"],
  to: 13,
  rewrite(call, context) {
    const sizes = attributeAsInput(call, "split", context);
    context.emit({ ...without(call, "split"), inputs: [call.inputs[0], sizes] });
  },
};
