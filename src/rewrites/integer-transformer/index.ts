/**
 * @file Integer transformer: a trained ViT or GPT, dense or with weightless blocks, as one that computes with whole
 * numbers alone (I-ViT, arXiv 2207.01405; QuWeiT sheet M7). Its interface stays: float inputs are rounded to 8 bits at
 * once, logits are multiplied by their scales at the very end.
 *
 * Cases: 1. the operators of `rules`; 2. what is whole numbers or truth values already (token numbers, shapes, masks) is
 * copied; 3. everything else is refused by name.
 */

import { isFloat } from "../../base/dtype.ts";
import { tensor } from "../../base/tensor.ts";
import { cloneModel } from "../../graph/clone.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { dtypeOf, Emit, inferModel } from "../../operators/index.ts";
import { foldConstants } from "../fold-constants.ts";
import { removeDeadNodes } from "../remove-dead-nodes.ts";
import { scaleFor } from "./codes.ts";
import { IntegerContext, type IntegerOptions } from "./context.ts";
import { rules, unknown } from "./rules.ts";

/** The form whose values are measured and then turned into integers: constants folded, types inferred. */
export function integerSource(model: Model): Model {
  const copy = cloneModel(model);
  inferModel(copy);
  foldConstants({ largest: 2 ** 24 }).run(copy);
  removeDeadNodes.run(copy);
  inferModel(copy);
  return copy;
}

/**
 * @param source what `integerSource` gives
 * @throws FemtoError `integer.operator` for what has no integer form, `integer.range` where a range is missing
 */
export function integerTransformer(source: Model, options: IntegerOptions): Model {
  const graph = new Graph(source.graph.name);
  const g = new Emit(graph);
  const c = new IntegerContext(g, options);
  for (const input of source.graph.inputs) {
    const own = graph.addInput(input.name, input.type!);
    c.same.set(input, own);
    if (!isFloat(dtypeOf(input))) continue;
    const scale = scaleFor(c.rangeOf(input), 8);
    g.scope = input.name;
    const codes = g.op("QuantizeLinear", [own, g.scalar("float32", scale), g.scalar("int8", 0)]);
    c.codes.set(input, { value: codes, scales: [Math.fround(scale)], axis: -1 });
  }
  for (const value of source.graph.initializers) {
    if (!isFloat(value.constant!.dtype)) c.same.set(value, graph.addInitializer(value.name, value.constant!));
  }
  for (const node of source.graph.nodes) {
    const output = node.outputs[0]!;
    g.scope = node.name;
    if (!isFloat(dtypeOf(output))) {
      c.same.set(output, c.copy(node, codesRead(c, node.inputs)));
      continue;
    }
    // A packed constant has been rounded before: its rule reads the values.
    if (node.kind === "DequantizeLinear") continue;
    const rule = rules[node.kind] ?? unknown(node);
    c.codes.set(output, rule(c, node));
  }
  for (const output of source.graph.outputs) {
    const { value, scales, axis } = c.codesOf(output);
    const dims = scales.length === 1 ? [] : [scales.length, ...new Array<number>(-1 - axis).fill(1)];
    g.scope = output.name;
    const real = g.mul(g.cast(value, "float32"), g.constant(tensor("float32", dims, scales), "scales"));
    real.name = output.name;
    graph.addOutput(real);
  }
  const model = new Model(graph);
  for (const [key, text] of source.metadata) model.metadata.set(key, text);
  removeDeadNodes.run(model);
  inferModel(model);
  return model;
}

/** Shapes of float values are those of their codes. */
const codesRead = (c: IntegerContext, inputs: readonly (Parameters<IntegerContext["codesOf"]>[0] | undefined)[]) =>
  inputs.flatMap((input) => {
    const codes = input && c.codes.get(input);
    return codes === undefined ? [] : [[input!, codes.value] as const];
  });

export type { IntegerOptions } from "./context.ts";
