/** @file Pad 11 takes pads and the constant as inputs. */

import { attributeAsInput, numberLike, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const pad11: Upgrade = {
  ops: ["Pad"],
  to: 11,
  rewrite(call, context) {
    const [x] = call.inputs;
    const pads = attributeAsInput(call, "pads", context);
    const value = numberLike(call, "value", x, context);
    context.emit({ ...without(call, "pads", "value"), inputs: [x, pads, value] });
  },
};
