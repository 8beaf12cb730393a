/** @file Upsample gave way to Resize; it only enlarges, so that `nearest` always rounds down. */

import { textAttribute, withAttribute } from "./attribute-input.ts";
import { asymmetric } from "./resize-11.ts";
import type { Upgrade } from "./upgrade.ts";

export const upsample11: Upgrade = {
  ops: ["Upsample"],
  to: 11,
  rewrite(call, context) {
    const [x, scales] = call.inputs;
    const isNearest = textAttribute(call, "mode", "nearest") === "nearest";
    const mode = { type: "string", value: isNearest ? "nearest" : "linear" } as const;
    const resize = withAttribute({ ...call, op: "Resize" }, "mode", mode);
    context.emit({ ...asymmetric(resize, isNearest ? "floor" : undefined), inputs: [x, undefined, scales] });
  },
};
