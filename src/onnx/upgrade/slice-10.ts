/** @file Slice 10 takes starts, ends and axes as inputs. */

import { attributeAsInput, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

const names = ["starts", "ends", "axes"];

export const slice10: Upgrade = {
  ops: ["Slice"],
  to: 10,
  rewrite(call, context) {
    const [starts, ends, axes] = names.map((name) => attributeAsInput(call, name, context));
    context.emit({ ...without(call, ...names), inputs: [call.inputs[0], starts, ends, axes] });
  },
};
