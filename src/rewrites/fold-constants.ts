/**
 * @file Fold constants: what can be computed before the first run is computed now, with the operators' own loops.
 *
 * Cases:
 * 1. a node all of whose inputs are constants → its outputs become initializers of the same names;
 * 2. an integer value whose elements shape inference knows as numbers (Shape → Gather → Concat …) → an initializer, even
 *    where its inputs are not constant (not in a loop's body, where an iteration may change it);
 * 3. never: random operators, control flow, operators without a `run` here, graph inputs with a default, quantisers
 *    (folding DequantizeLinear would turn packed weights back into floats), nodes that name a graph output;
 * 4. results of more than `largest` elements stay computed, unless they are not larger than their inputs together;
 * 5. inside subgraphs likewise.
 */

import { sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Pass } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { lookUp } from "../operators/index.ts";
import { evaluate } from "./evaluate.ts";
import { graphsOf } from "./nested.ts";

export interface FoldOptions {
  /** Greatest number of elements of a result that is larger than its inputs. */
  readonly largest?: number;
  /** Nodes that stay; default: quantisers. */
  readonly keep?: (node: Node) => boolean;
}

/** Operators that say how numbers are stored; folding them would lose it. */
export const isQuantizer = (node: Node): boolean =>
  ["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"].includes(node.op) || node.domain !== "";

export function foldConstants({ largest = 65_536, keep = isQuantizer }: FoldOptions = {}): Pass {
  return {
    name: "fold-constants",
    run: (model) => {
      const inputs = new Set<Value>([...graphsOf(model.graph)].flatMap((graph) => graph.inputs));
      let modified = false;
      for (const graph of [...graphsOf(model.graph)]) {
        const folded: Node[] = [];
        for (const node of graph.nodes) {
          if (keep(node) || node.subgraphs.length > 0) continue;
          if (node.outputs.some((output) => output !== undefined && graph.outputs.includes(output))) continue;
          const known = graph === model.graph ? knownElements(node) : undefined;
          const results = known ?? computed(node, inputs, largest);
          if (results === undefined) continue;
          folded.push(node);
          for (const [index, output] of node.outputs.entries()) {
            if (output !== undefined) settle(graph, output, results[index]!);
          }
        }
        graph.removeNodes(folded);
        modified ||= folded.length > 0;
      }
      for (const graph of graphsOf(model.graph)) graph.pruneInitializers();
      return modified;
    },
  };
}

/** The result of a node whose elements shape inference has found out. */
function knownElements(node: Node): Tensor[] | undefined {
  const [output] = node.outputs;
  const { contents, type } = output ?? {};
  if (node.outputs.length !== 1 || contents === undefined || type?.dims === undefined) return undefined;
  const isKnown = contents.every((dim) => typeof dim === "number") && type.dims.every((dim) => typeof dim === "number");
  if (!isKnown || lookUp(node.kind)?.isRandom || sizeOf(type.dims as number[]) !== contents.length) return undefined;
  return [tensor(type.dtype, type.dims as number[], contents as number[])];
}

function computed(node: Node, inputs: ReadonlySet<Value>, largest: number): readonly Tensor[] | undefined {
  const operator = lookUp(node.kind);
  if (operator === undefined || operator.isRandom) return undefined;
  const isOpen = (input: Value | undefined) => input !== undefined && (!input.constant || inputs.has(input));
  if (node.inputs.some(isOpen)) return undefined;
  const given = node.inputs.reduce((sum, input) => sum + (input?.constant?.data.length ?? 0), 0);
  const size = (value: Value | undefined) =>
    value?.type?.dims?.every((dim) => typeof dim === "number") ? sizeOf(value.type.dims as number[]) : 0;
  // Known to be large: do not even compute it.
  if (node.outputs.some((output) => size(output) > Math.max(largest, given))) return undefined;
  const results = evaluate(node);
  return results.some((result) => result !== undefined && result.data.length > Math.max(largest, given))
    ? undefined
    : results;
}

/** Turns a node's output into an initializer of the same name. */
function settle(graph: Graph, value: Value, constant: Tensor): void {
  value.producer = undefined;
  value.constant = constant;
  value.type = { dtype: constant.dtype, dims: constant.dims };
  graph.initializers.push(value);
}
