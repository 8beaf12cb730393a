/** @file Squeeze, Unsqueeze and ReduceSum 13 take their axes as an input. */

import { attributeAsInput, without } from "./attribute-input.ts";
import type { Draft, Upgrade, UpgradeContext } from "./upgrade.ts";

export function axesToInput(call: Draft, context: UpgradeContext): void {
  const axes = attributeAsInput(call, "axes", context);
  context.emit({ ...without(call, "axes"), inputs: [call.inputs[0], axes] });
}

export const axes13: Upgrade = { ops: ["Squeeze", "Unsqueeze", "ReduceSum"], to: 13, rewrite: axesToInput };
