/**
 * @file How the loss answers when a weight moves: gradient g and diagonal of the (empirical) Fisher information F, the mean
 * square of the gradients of single examples [reconstructed]. Both by the projected weight, from the emitted gradient graph.
 */

import { numbers, rowsOf, type Tensor, tensor } from "../../base/tensor.ts";
import type { OrtEngine } from "../../engine/index.ts";
import { gradients } from "../../gradient/index.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";
import { expandFunctions, inlineModel } from "../../rewrites/index.ts";
import {
  asLabels,
  type ClassifierData,
  crossEntropy,
  emitNormalisation,
  withFrozenStatistics,
} from "../../training/index.ts";
import { setNodes } from "./network.ts";
import { asRows } from "./rows.ts";

export interface Sensitivity {
  /** Of the mean loss, outputs × inputs. */
  readonly gradient: Float64Array<ArrayBuffer>;
  readonly fisher: Float64Array<ArrayBuffer>;
}

/** Writes loss and gradients of one example: inputs `raw`, `label`; one output for each of `names`. */
function gradientModel(model: Model, data: ClassifierData, labels: Tensor, names: readonly string[]): Model {
  const frozen = withFrozenStatistics(model).model;
  const graph = new Graph("sensitivity");
  const g = new Emit(graph);
  const raw = graph.addInput("raw", { dtype: data.inputs.dtype, dims: [1, ...data.inputs.dims.slice(1)] });
  const label = graph.addInput("label", { dtype: labels.dtype, dims: [1] });
  const x = emitNormalisation(g, raw, data.normalisation, data.inputs.dims.length);
  const [logits] = inlineModel(g, frozen, new Map([[frozen.graph.inputs[0]!.name, x]]));
  const loss = crossEntropy(g, logits!, label);
  const sets = setNodes(frozen);
  // Inlining keeps the nodes' order, and their names as stems.
  const order = frozen.graph.nodes.filter(({ kind }) => kind === "femto.SetQuant");
  const inlined = graph.nodes.filter(({ kind }) => kind === "femto.SetQuant");
  const wanted = names.map((name) => inlined[order.indexOf(sets.get(name)!.set)]!.outputs[0]!);
  for (const slope of gradients(g, loss, wanted)) graph.addOutput(slope);
  const whole = new Model(graph);
  expandFunctions().run(whole);
  return whole;
}

/**
 * g and F of each layer over the first `count` examples, one at a time.
 * @param model as `modelOf` gives it
 */
export async function sensitivities(
  engine: OrtEngine,
  model: Model,
  data: ClassifierData,
  names: readonly string[],
  count: number,
): Promise<Map<string, Sensitivity>> {
  const labels = asLabels(data.labels);
  const whole = gradientModel(model, data, labels, names);
  const outputs = whole.graph.outputs.map(({ name }) => name);
  const session = await engine.load(whole, { keepQdq: true });
  const sums = outputs.map((_, i) => {
    const size = whole.graph.outputs[i]!.type!.dims!.reduce<number>((product, dim) => product * (dim as number), 1);
    return { gradient: new Float64Array(size), fisher: new Float64Array(size) };
  });
  const examples = Math.min(count, data.inputs.dims[0]!);
  for (let example = 0; example < examples; example++) {
    const label = tensor(labels.dtype, [1], [Number(labels.data[example])]);
    const results = await session.run({ raw: rowsOf(data.inputs, example, example + 1), label });
    for (const [i, name] of outputs.entries()) {
      const slopes = numbers(results[name]!);
      const { gradient, fisher } = sums[i]!;
      for (let at = 0; at < slopes.length; at++) {
        const slope = slopes[at]! / examples;
        gradient[at]! += slope;
        fisher[at]! += slope * slopes[at]!;
      }
    }
  }
  await session.release();
  const nodes = setNodes(model);
  return new Map(
    names.map((name, i) => {
      const { layer, set } = nodes.get(name)!;
      const { dims } = set.inputs[0]!.constant!;
      const { gradient, fisher } = sums[i]!;
      return [name, { gradient: asRows(layer, dims, gradient), fisher: asRows(layer, dims, fisher) }];
    }),
  );
}
