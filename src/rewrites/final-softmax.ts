/**
 * @file The Softmax at the end of a classifier: losses take logits, so training works without it; the artefact has it again,
 * since it must answer what the network it came from answered. The largest class is the same with and without.
 *
 * Cases of `dropFinalSoftmax`:
 * 1. the first output is made by Softmax alone, read by nobody else → its input takes over the name of the output;
 * 2. LogSoftmax stays: log-probabilities are logits. So does everything else.
 * `restoreFinalSoftmax` is the way back.
 */

import type { Model } from "../graph/model.ts";
import type { Pass } from "../graph/pass.ts";
import { Emit } from "../operators/index.ts";
import { bypass } from "./nested.ts";

/** Metadata of the model: the axis of the Softmax that was taken off. */
const KEY = "femto.final_softmax";

export const dropFinalSoftmax: Pass = {
  name: "drop-final-softmax",
  run: (model) => {
    const { graph } = model;
    const output = graph.outputs[0];
    const node = output?.producer;
    const input = node?.inputs[0];
    if (node?.kind !== "Softmax" || output === undefined || input === undefined || output.isUsed) return false;
    if (!bypass(graph, output, input)) return false;
    graph.removeNodes([node]);
    model.metadata.set(KEY, String(node.attributes.axis?.value ?? -1));
    return true;
  },
};

export const restoreFinalSoftmax: Pass = {
  name: "restore-final-softmax",
  run: (model) => {
    const axis = model.metadata.get(KEY);
    if (axis === undefined) return false;
    restore(model, Number(axis));
    model.metadata.delete(KEY);
    return true;
  },
};

function restore({ graph }: Model, axis: number): void {
  const logits = graph.outputs[0]!;
  const probabilities = new Emit(graph).op("Softmax", [logits], { axis });
  const { name } = logits;
  logits.name = graph.freshName(`${name}_logits`);
  probabilities.name = name;
  graph.outputs[0] = probabilities;
}
