/** @file BatchNormalization 14 says by an attribute what the number of outputs used to say: training or inference. */

import { fail } from "../../base/errors.ts";
import { withAttribute } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const batchNormalization14: Upgrade = {
  ops: ["BatchNormalization"],
  to: 14,
  rewrite(call, context) {
    if (call.outputs.length < 2) return context.emit(call);
    for (const saved of call.outputs.slice(3)) {
      if (saved === undefined || !context.isRead(saved)) continue;
      fail({
        code: "onnx.unsupported",
        where: `output "${saved.name}"`,
        message: "the saved batch statistics of an old training graph are read",
        hint: "BatchNormalization gives running statistics only since operator set 14",
      });
    }
    const training = withAttribute(call, "training_mode", { type: "int", value: 1 });
    context.emit({ ...training, outputs: call.outputs.slice(0, 3) });
  },
};
