/**
 * @file Training mode and inference mode: the two faces of BatchNormalization and Dropout.
 *
 * Cases (training):
 * 1. BatchNormalization normalises by the batch and gives out what its running statistics become; the statistics that it
 *    reads are listed with their updates by {@link runningStatistics};
 * 2. BatchNormalization that `frozen` names stays as it is (fine-tuning after folding decisions);
 * 3. Dropout gets a third input that is true.
 * Inference is the reverse. ONNX's running variance is the biased one; frameworks that take the unbiased one (divide by
 * n − 1) differ by a factor of n/(n − 1).
 */

import { fail } from "../base/errors.ts";
import { scalar } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import { Value } from "../graph/value.ts";
import { inferNode } from "../operators/index.ts";
import { graphsOf } from "./nested.ts";
import { substitute } from "./substitute.ts";

export interface TrainingOptions {
  /** BatchNormalization nodes that keep their running statistics. */
  readonly frozen?: (node: Node) => boolean;
}

export function trainingMode({ frozen = () => false }: TrainingOptions = {}): Pass {
  return {
    name: "training-mode",
    run: (model) => {
      let modified = false;
      let flag: Value | undefined;
      for (const graph of [...graphsOf(model.graph)]) {
        for (const node of [...graph.nodes]) {
          if (node.kind === "BatchNormalization" && !trains(node) && !frozen(node)) {
            trainNormalization(model.graph, node);
            modified = true;
          } else if (node.kind === "Dropout" && !dropoutTrains(node)) {
            flag ??= model.graph.addInitializer("training", scalar("bool", true));
            if (node.inputs.length === 1) node.setInput(1, undefined);
            node.setInput(2, flag);
            modified = true;
          }
        }
      }
      return modified;
    },
  };
}

const trains = (node: Node): boolean => node.attributes.training_mode?.value === 1;
/** In training mode, or told so by a value that is not known before it runs. */
export const dropoutTrains = (node: Node): boolean =>
  node.inputs[2] !== undefined && node.inputs[2].constant?.data[0] !== 0;

function trainNormalization(root: Graph, node: Node): void {
  const [, , , mean, variance] = node.inputs;
  const stem = node.name === "" ? node.outputs[0]!.name : node.name;
  const outputs = [
    node.outputs[0]!,
    new Value(root.freshName(`${stem}/running_mean`)),
    new Value(root.freshName(`${stem}/running_var`)),
  ];
  if (mean === undefined || variance === undefined) {
    fail({ code: "operator.arity", where: node.describe(), message: "has no running statistics" });
  }
  const made = substitute(node, {
    outputs,
    attributes: { ...node.attributes, training_mode: { type: "int", value: 1 } },
  });
  inferNode(made);
}

/** A running statistic of a graph in training mode, and the value that takes its place after the step. */
export interface RunningStatistic {
  readonly statistic: Value;
  readonly update: Value;
  readonly node: Node;
}

/** The running means and variances that BatchNormalization nodes of this graph update, in order. */
export function runningStatistics(graph: Graph): RunningStatistic[] {
  const found: RunningStatistic[] = [];
  for (const node of graph.nodes) {
    if (node.kind !== "BatchNormalization" || !trains(node)) continue;
    for (const index of [1, 2]) {
      const [statistic, update] = [node.inputs[index + 2], node.outputs[index]];
      if (statistic !== undefined && update !== undefined) found.push({ statistic, update, node });
    }
  }
  return found;
}

/** @throws FemtoError `rewrite.statistics` where an output of the graph or a node reads an updated statistic */
export const inferenceMode: Pass = {
  name: "inference-mode",
  run: (model) => {
    let modified = false;
    for (const graph of [...graphsOf(model.graph)]) {
      for (const node of [...graph.nodes]) {
        if (node.kind === "BatchNormalization" && trains(node)) {
          freeze(graph, node);
          modified = true;
        } else if (node.kind === "Dropout" && dropoutTrains(node)) {
          substitute(node, { inputs: node.inputs.slice(0, 2) });
          modified = true;
        }
      }
      graph.pruneInitializers();
    }
    return modified;
  },
};

function freeze(graph: Graph, node: Node): void {
  const read = node.outputs.slice(1).find((value) => value && (value.isUsed || graph.outputs.includes(value)));
  if (read !== undefined) {
    fail({
      code: "rewrite.statistics",
      where: node.describe(),
      message: `somebody reads the updated statistic "${read.name}"`,
      expected: "a model without the outputs of training",
      hint: "remove these outputs first",
    });
  }
  const { training_mode: _, ...attributes } = node.attributes;
  substitute(node, { outputs: node.outputs.slice(0, 1), attributes });
}
