/** @file Upsample 9 takes its scales as an input. */

import { attributeAsInput, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const upsample9: Upgrade = {
  ops: ["Upsample"],
  to: 9,
  rewrite(call, context) {
    const scales = attributeAsInput(call, "scales", context);
    context.emit({ ...without(call, "scales"), inputs: [call.inputs[0], scales] });
  },
};
