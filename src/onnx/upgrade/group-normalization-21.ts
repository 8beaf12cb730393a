/** @file GroupNormalization 21 has scale and bias per channel; before, they were per group and spread over it. */

import { i64 } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import { codeOfDType } from "../dtype-codes.ts";
import { intAttribute, withAttribute } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const groupNormalization21: Upgrade = {
  ops: ["GroupNormalization"],
  to: 21,
  rewrite(call, context) {
    const [x, scale, bias] = call.inputs;
    const stem = call.outputs[0]?.name ?? call.op;
    const groups = context.constant(`${stem}_groups`, i64([intAttribute(call, "num_groups", 1)]));
    const one = context.constant(`${stem}_one`, i64([1]));
    const column = context.constant(`${stem}_column`, i64([-1, 1]));
    const row = context.constant(`${stem}_row`, i64([-1]));
    const channels = context.value(`${stem}_channels`);
    const [start, end] = [1, 2].map((value) => ({ type: "int", value }) as const);
    context.emit({ op: "Shape", inputs: [x], outputs: [channels], attributes: { start: start!, end: end! } });
    const perGroup = context.value(`${stem}_channels_per_group`);
    context.emit({ op: "Div", inputs: [channels, groups], outputs: [perGroup] });
    const spread = context.value(`${stem}_spread`);
    context.emit({
      op: "Concat",
      inputs: [one, perGroup],
      outputs: [spread],
      attributes: { axis: { type: "int", value: 0 } },
    });
    // [g] → [g, 1] → [g, C/g] → [C]
    const perChannel = (parameter: Value | undefined, name: string): Value => {
      const [tall, wide, flat] = ["tall", "wide", "flat"].map((step) => context.value(`${stem}_${name}_${step}`));
      context.emit({ op: "Reshape", inputs: [parameter, column], outputs: [tall] });
      context.emit({ op: "Expand", inputs: [tall, spread], outputs: [wide] });
      context.emit({ op: "Reshape", inputs: [wide, row], outputs: [flat] });
      return flat!;
    };
    const inputs = [x, perChannel(scale, "scale"), perChannel(bias, "bias")];
    // Version 18 computed in the type of the data; 21 computes in float32 unless told otherwise.
    const dtype = context.dtypeOf(x);
    const isOther = dtype !== undefined && dtype !== "float32";
    const stash = { type: "int", value: isOther ? codeOfDType(dtype) : 1 } as const;
    context.emit({ ...(isOther ? withAttribute(call, "stash_type", stash) : call), inputs });
  },
};
