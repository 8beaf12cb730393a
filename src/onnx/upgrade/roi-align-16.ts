/** @file RoiAlign 16 shifts coordinates by half a pixel unless told not to; before, it never did. */

import { withAttribute } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const roiAlign16: Upgrade = {
  ops: ["RoiAlign"],
  to: 16,
  rewrite(call, context) {
    const mode = { type: "string", value: "output_half_pixel" } as const;
    context.emit(withAttribute(call, "coordinate_transformation_mode", mode));
  },
};
