/** @file DFT 20 takes the axis as an input; its default moved from 1 to −2, so it is always written down. */

import { attributeAsInput, withAttribute, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const dft20: Upgrade = {
  ops: ["DFT"],
  to: 20,
  rewrite(call, context) {
    const stated = call.attributes.axis === undefined ? withAttribute(call, "axis", { type: "int", value: 1 }) : call;
    const axis = attributeAsInput(stated, "axis", context);
    context.emit({ ...without(call, "axis"), inputs: [call.inputs[0], call.inputs[1], axis] });
  },
};
