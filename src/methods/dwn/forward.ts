/** @file The network as nodes, in training: rows of bits, samples side by side, from the encoder to the logits. */

import { reshaped, tensor } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import { dimsOf, type Emit } from "../../operators/index.ts";
import { type Layout, scoreName, tableName } from "./layout.ts";

/** Features first. */
const axis = 0;

/** The bits of a batch, [features·T, samples]. */
export function encode(g: Emit, x: Value, { encoder }: Layout): Value {
  const { features, bits, normalised } = encoder;
  const rows = g.transpose(g.reshape(x, [dimsOf(x)[0]!, features]), [1, 0]);
  return g.op("femto.Thermometer", [rows, g.constant(tensor("float32", [features, bits], normalised))], { axis });
}

/** Logits [samples, classes] of normalised examples. */
export function logitsOf(g: Emit, x: Value, layout: Layout, parameters: ReadonlyMap<string, Value>): Value {
  const { layers, classes, tau, options } = layout;
  let bits = encode(g, x, layout);
  for (const [i, { tables, inputs, candidates, mapping }] of layers.entries()) {
    g.scope = `layer${i + 1}`;
    const learned = parameters.get(tableName(i))!;
    const fixed = mapping && g.constant(reshaped(tensor("int64", [mapping.length], mapping), [tables, inputs]));
    if (candidates !== undefined) {
      const named = tensor("int64", [candidates.groups, candidates.width], candidates.features);
      const choice = [bits, parameters.get(scoreName(i)), g.constant(named)];
      bits = g.op("femto.LearnedMapping", choice, { axis, temperature: options.temperature });
    }
    const isGate = options.tables === "gates";
    bits = isGate
      ? g.op("femto.GateLayer", [bits, learned, fixed], { axis })
      : g.op("femto.LutLayer", [bits, learned, fixed], { axis, strict: true, difference: options.difference });
  }
  g.scope = "";
  const sums = g.op("femto.GroupSum", [bits], { axis, groups: classes, tau, pad: options.pad });
  return g.transpose(sums, [1, 0]);
}
