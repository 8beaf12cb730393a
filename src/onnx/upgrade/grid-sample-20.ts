/** @file GridSample 20 works in any number of dimensions and renamed its modes accordingly. */

import { textAttribute, withAttribute } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

const renamed: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

export const gridSample20: Upgrade = {
  ops: ["GridSample"],
  to: 20,
  rewrite(call, context) {
    const mode = textAttribute(call, "mode", "bilinear");
    context.emit(withAttribute(call, "mode", { type: "string", value: renamed[mode] ?? mode }));
  },
};
