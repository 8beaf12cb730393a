/**
 * @file Scan 9 dropped the batch axis. Scan 8 ran one scan per sample of axis 0, along axis 1: that is a scan over the
 * samples, without state, whose body is the scan over the sequence.
 */

import { fail } from "../../base/errors.ts";
import { Graph } from "../../graph/graph.ts";
import type { Attributes } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { without } from "./attribute-input.ts";
import type { Upgrade } from "./upgrade.ts";

export const scan9: Upgrade = {
  ops: ["Scan"],
  to: 9,
  rewrite(call, context) {
    const [lengths, ...batched] = call.inputs;
    if (lengths !== undefined) {
      fail({
        code: "onnx.unsupported",
        where: "input sequence_lens",
        message: "sequences of unequal length in Scan-8 have no form in present ONNX",
        hint: "export with operator set 9 or later",
      });
    }
    const { directions, ...attributes } = call.attributes;
    const inner: Attributes = { ...attributes, ...(directions && { scan_input_directions: directions }) };
    const sampleOf = (value: Value | undefined) => value && context.value(`${value.name}_sample`);
    const [inputs, outputs] = [batched.map(sampleOf), call.outputs.map(sampleOf)];
    const perSample = new Graph(`${call.name || "scan"}_per_sample`);
    perSample.inputs.push(...inputs.filter((value) => value !== undefined));
    perSample.addNode({ op: "Scan", name: call.name, inputs, outputs, attributes: inner });
    perSample.outputs.push(...outputs.filter((value) => value !== undefined));
    context.emit({
      ...without(call, ...Object.keys(call.attributes)),
      inputs: batched.filter((value) => value !== undefined),
      outputs: call.outputs.filter((value) => value !== undefined),
      attributes: {
        num_scan_inputs: { type: "int", value: perSample.inputs.length },
        body: { type: "graph", value: perSample },
      },
    });
  },
};
