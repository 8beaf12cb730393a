/**
 * @file Attach functions: gives a model the ONNX function of every femto operator in it, so that the file runs anywhere.
 * `detachFunctions` is the way back, for models that are read.
 *
 * Cases:
 * 1. a node whose operator has a body → the model carries the function; its attributes are filled in inside, and the node
 *    keeps them for readers who know the operator;
 * 2. nodes of one operator whose bodies are equal share a function; the first function carries the operator's name, the
 *    others a number: `FakeQuant`, `FakeQuant_2`, `FakeQuant_3` …;
 * 3. femto operators inside a body, and inside subgraphs, likewise;
 * 4. other domains (QONNX) stay as they are.
 */

import { fail } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { FEMTO_DOMAIN, type Model } from "../graph/model.ts";
import type { Pass } from "../graph/pass.ts";
import { lookUp } from "../operators/index.ts";
import { bodyFunction } from "./body-function.ts";
import { graphsOf } from "./nested.ts";
import { printGraph } from "./print.ts";
import { substitute } from "./substitute.ts";

/** Works in place; write the model (or a clone), then apply {@link detachFunctions} to go on with it. */
export const attachFunctions: Pass = {
  name: "attach-functions",
  run: (model) => {
    /** Printed body → `domain.name` of its function. */
    const known = new Map<string, string>();
    attach(model, model.graph, known);
    if (known.size > 0) model.opsets.set(FEMTO_DOMAIN, 1);
    return known.size > 0;
  },
  ensures: (model) => {
    for (const root of [model.graph, ...[...model.functions.values()].map((fn) => fn.graph)]) {
      for (const graph of graphsOf(root)) {
        const bare = graph.nodes.find((node) => node.domain === FEMTO_DOMAIN && !model.functions.has(node.kind));
        if (bare !== undefined) fail({ code: "function.missing", message: `${bare.describe()} has no function` });
      }
    }
  },
};

function attach(model: Model, root: Graph, known: Map<string, string>): void {
  for (const graph of [...graphsOf(root)]) {
    for (const node of [...graph.nodes]) {
      if (node.domain !== FEMTO_DOMAIN) continue;
      const fn = bodyFunction(node);
      if (fn === undefined) continue;
      const print = `${node.op}(${fn.attributes.join(",")}) ${printGraph(fn.graph)}`;
      const shared = known.get(print);
      const name = shared ?? freeName(model, node.op);
      if (shared === undefined) {
        known.set(print, name);
        fn.graph.name = name;
        model.functions.set(`${fn.domain}.${name}`, { ...fn, name });
        attach(model, fn.graph, known);
      }
      if (name !== node.op) substitute(node, { op: name });
    }
  }
}

function freeName(model: Model, op: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? op : `${op}_${count}`;
    if (!model.functions.has(`${FEMTO_DOMAIN}.${name}`)) return name;
  }
}

/** Gives nodes that call an attached function their operator back and drops the functions; others stay. */
export const detachFunctions: Pass = {
  name: "detach-functions",
  run: (model) => {
    const operators = new Map<string, string>();
    for (const [kind, fn] of model.functions) {
      const op = fn.name.replace(/_\d+$/, "");
      if (fn.domain === FEMTO_DOMAIN && lookUp(`${FEMTO_DOMAIN}.${op}`) !== undefined) operators.set(kind, op);
    }
    for (const kind of operators.keys()) model.functions.delete(kind);
    for (const root of [model.graph, ...[...model.functions.values()].map((fn) => fn.graph)]) {
      for (const graph of [...graphsOf(root)]) {
        for (const node of [...graph.nodes]) {
          const op = operators.get(node.kind);
          if (op !== undefined && op !== node.op) substitute(node, { op });
        }
      }
    }
    return operators.size > 0;
  },
};
