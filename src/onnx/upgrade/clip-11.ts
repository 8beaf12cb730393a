/** @file Clip 11 takes its bounds as inputs. Absent bounds were and are the ends of the type's range. */

import { numberLike, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const clip11: Upgrade = {
  ops: ["Clip"],
  to: 11,
  rewrite(call, context) {
    const [x] = call.inputs;
    const min = numberLike(call, "min", x, context);
    const max = numberLike(call, "max", x, context);
    context.emit({ ...without(call, "min", "max"), inputs: [x, min, max] });
  },
};
