/** @file BatchNormalization 9 dropped `spatial`: without it every element of (C, D1 … Dn) has statistics of its own. */

import { i64 } from "../../base/tensor.ts";
import { intAttribute, without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const batchNormalization9: Upgrade = {
  ops: ["BatchNormalization"],
  to: 9,
  rewrite(call, context) {
    const rest = without(call, "spatial");
    const [x, ...parameters] = call.inputs;
    const [y, ...statistics] = call.outputs;
    if (intAttribute(call, "spatial", 1) !== 0 || x === undefined || y === undefined) return context.emit(rest);
    // Non-spatial = per channel over (N, C·D1·…·Dn); the parameters (C, D1 … Dn) flatten the same way.
    const flat = context.value(`${y.name}_flat_input`);
    context.emit({ op: "Flatten", inputs: [x], outputs: [flat], attributes: { axis: { type: "int", value: 1 } } });
    const column = context.constant(`${y.name}_column`, i64([-1]));
    const flatParameters = parameters.map((parameter) => {
      const output = context.value(`${y.name}_flat_${parameter?.name}`);
      context.emit({ op: "Reshape", inputs: [parameter, column], outputs: [output] });
      return output;
    });
    const flatY = context.value(`${y.name}_flat`);
    const flatStatistics = statistics.map((output) => output && context.value(`${output.name}_flat`));
    context.emit({ ...rest, inputs: [flat, ...flatParameters], outputs: [flatY, ...flatStatistics] });
    for (const [index, output] of call.outputs.entries()) {
      if (output === undefined) continue;
      const shape = context.value(`${output.name}_shape`);
      context.emit({ op: "Shape", inputs: [index === 0 ? x : parameters[0]], outputs: [shape] });
      context.emit({ op: "Reshape", inputs: [[flatY, ...flatStatistics][index], shape], outputs: [output] });
    }
  },
};
