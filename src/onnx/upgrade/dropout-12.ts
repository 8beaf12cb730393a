/** @file Dropout 12 takes the ratio as an input; without `training_mode` it stays the identity that it was. */

import { attributeAsInput, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const dropout12: Upgrade = {
  ops: ["Dropout"],
  to: 12,
  rewrite(call, context) {
    const ratio = attributeAsInput(call, "ratio", context);
    context.emit({ ...without(call, "ratio"), inputs: [call.inputs[0], ratio] });
  },
};
