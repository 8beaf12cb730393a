/** @file Dropout 10 gives its mask as booleans; before, the mask had the type of the data. */

import type { Upgrade } from "./upgrade.ts";

export const dropout10: Upgrade = {
  ops: ["Dropout"],
  to: 10,
  rewrite(call, context) {
    const [y, mask] = call.outputs;
    if (mask === undefined) return context.emit(call);
    const boolean = context.value(`${mask.name}_bool`);
    context.emit({ ...call, outputs: [y, boolean] });
    context.emit({ op: "CastLike", inputs: [boolean, call.inputs[0]], outputs: [mask] });
  },
};
