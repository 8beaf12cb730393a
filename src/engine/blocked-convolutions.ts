/**
 * @file ONNX Runtime's fastest convolutions keep channels in blocks of one vector register: [N, C/b, H, W, b]. By itself
 * it uses them for constant weights alone, which a training step does not have. This rewrites the convolutions of a graph
 * into those operators, with the weights laid out by a transposition, which costs next to nothing beside the products.
 *
 * Cases (w [O, I/g, kh, kw], float32, not constant):
 * 1. whole blocks of channels in every group, on both sides → blocked, w as [O/b, I/(g·b), kh, kw, b, b];
 * 2. depthwise, whole blocks of channels → blocked, w as [O/b, 1, kh, kw, b];
 * 3. kernels of one element stay: a matrix product is faster (0.5 to 1.0 of the time, measured);
 * 4. few input channels stay (0.5 to 0.8);
 * 5. a value that several convolutions read is laid out once in each graph.
 */

import { i64 } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { type Attributes, Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";

/** ONNX Runtime's domain of operators on blocked tensors. */
const BLOCKED = "com.microsoft.nchwc";

/**
 * A graph that lays out x [1, 4, 1, 1]: y has as many channels as a block. ONNX Runtime knows the operator only on processors
 * that it has such a layout for; on others (most builds for ARM) it refuses the graph.
 */
export function blockProbe(domain = BLOCKED): Model {
  const graph = new Graph("block");
  const x = graph.addInput("x", { dtype: "float32", dims: [1, 4, 1, 1] });
  const y = new Value("y", { dtype: "float32", dims: [1, "block", 1, 1] });
  graph.addNode(new Node({ op: "ReorderInput", domain, inputs: [x], outputs: [y] }));
  graph.addOutput(y);
  return new Model(graph);
}

/**
 * Changes the convolutions of `model` in place, those in the bodies of loops too.
 * @param block channels in a block; nothing is changed where it is 1
 */
export function blockConvolutions(model: Model, block: number): void {
  if (block === 1) return;
  new Layout(model.graph, block).change(model.graph, new Map());
}

/** The dimensions of the weight, where the convolution is one of cases 1 and 2. */
function blockable(node: Node, block: number): readonly number[] | undefined {
  const { auto_pad: padding, group: grouped } = node.attributes;
  if (node.kind !== "Conv" || (padding?.type === "string" && padding.value !== "NOTSET")) return undefined;
  const weight = node.inputs[1];
  if (weight?.type?.dtype !== "float32" || weight.constant !== undefined) return undefined;
  const w = (weight.type.dims ?? []).filter((dim) => typeof dim === "number");
  const [outputs, inputs, height, width] = w;
  if (w.length !== 4 || weight.type.dims?.length !== 4 || height! * width! === 1 || outputs! % block !== 0) {
    return undefined;
  }
  const group = grouped?.type === "int" ? grouped.value : 1;
  const isDepthwise = group > 1 && inputs === 1 && outputs === group;
  return isDepthwise || (inputs! % block === 0 && (outputs! / group) % block === 0) ? w : undefined;
}

class Layout {
  readonly #root: Graph;
  readonly #block: number;
  readonly #shapes = new Map<string, Value>();

  constructor(root: Graph, block: number) {
    this.#root = root;
    this.#block = block;
  }

  /** @param blocked value → its blocked form, in the graph around this one */
  change(graph: Graph, blocked: ReadonlyMap<Value, Value>): void {
    const known = new Map(blocked);
    for (const node of [...graph.nodes]) {
      for (const inner of node.subgraphs) this.change(inner, known);
      const w = blockable(node, this.#block);
      if (w !== undefined) this.#replace(graph, node, w, known);
    }
  }

  #replace(graph: Graph, node: Node, w: readonly number[], known: Map<Value, Value>): void {
    const [x, weight, bias] = node.inputs as [Value, Value, Value | undefined];
    const output = node.outputs[0]!;
    const emit = (kind: { op: string; domain?: string }, inputs: readonly Value[], attributes: Attributes = {}) => {
      const value = new Value(this.#root.freshName(`${output.name}/${kind.op}`));
      graph.addNode(new Node({ ...kind, name: value.name, inputs, outputs: [value], attributes }), node);
      return value;
    };
    const [o, i, ...kernel] = w as [number, number, number, number];
    const b = this.#block;
    const split = i === 1 ? [o / b, b, 1, ...kernel] : [o / b, b, i / b, b, ...kernel];
    const perm = i === 1 ? [0, 2, 3, 4, 1] : [0, 2, 4, 5, 3, 1];
    const tiles = emit({ op: "Reshape" }, [weight, this.#shape(split)]);
    const turned = emit({ op: "Transpose" }, [tiles], { perm: { type: "ints", value: perm } });
    const kernels = emit({ op: "Reshape" }, [turned, this.#shape(w)]);
    const input = known.get(x) ?? emit({ op: "ReorderInput", domain: BLOCKED }, [x]);
    known.set(x, input);
    const product = emit({ op: "Conv", domain: BLOCKED }, [input, kernels, ...(bias === undefined ? [] : [bias])], {
      ...node.attributes,
      kernel_shape: { type: "ints", value: kernel },
    });
    const plain = emit({ op: "ReorderOutput", domain: BLOCKED }, [product], { channels: { type: "int", value: o } });
    plain.type = output.type;
    graph.replace(output, plain);
    graph.removeNodes([node]);
  }

  /** A constant shape, one for all nodes that ask for it. */
  #shape(dims: readonly number[]): Value {
    const key = dims.join("x");
    let value = this.#shapes.get(key);
    if (value === undefined) {
      value = this.#root.addInitializer(`shape/${key}`, i64(dims));
      this.#shapes.set(key, value);
    }
    return value;
  }
}
