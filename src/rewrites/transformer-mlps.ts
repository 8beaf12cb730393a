/**
 * @file Transformer MLPs: the two-layer networks of an imported ViT, BERT or GPT, which weightless blocks are to replace
 * (QuWeiT sheet, `replaceMlp`): layer norm → product → GELU → product → addition of the shortcut.
 *
 * Cases:
 * 1. products are MatMul or Gemm with a constant factor, biases belong to them; reshapes and dropout may stand anywhere;
 * 2. GELU is what has the values of GELU, in one node or in the several that exporters write (erf, tanh, x·σ(1.702·x));
 * 3. the shortcut starts in front of the norm (ViT, GPT) or behind it (BERT);
 * 4. nothing else reads what is inside.
 */

import { fail } from "../base/errors.ts";
import { f32, numbers, type Tensor } from "../base/tensor.ts";
import type { Model } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { errorFunction } from "../operators/error-function.ts";
import { dimsOf } from "../operators/index.ts";
import { evaluate } from "./evaluate.ts";
import { type QuantizableLayer, quantizableLayers } from "./quantizable-layers.ts";
import { isView, origin } from "./views.ts";

/** GELU by the error function, its approximation by tanh, and that by a sigmoid. */
export type GeluForm = "erf" | "tanh" | "sigmoid";

export interface TransformerMlp {
  readonly first: QuantizableLayer;
  readonly second: QuantizableLayer;
  readonly gelu: GeluForm;
  /** The layer norm that the first layer reads. */
  readonly norm: Node;
  /** Whether the shortcut starts in front of the norm, or behind it. */
  readonly shortcut: "before" | "after";
  /** The addition of the shortcut. */
  readonly residual: Node;
  /** What else the addition reads: the shortcut. */
  readonly other: Value;
  /** Features that go in and come out. */
  readonly width: number;
  readonly hidden: number;
}

/**
 * The MLPs of a model whose types are inferred, in topological order; the model stays as it is.
 * @throws FemtoError `rewrite.mlp` where there is none
 */
export function transformerMlps(model: Model): TransformerMlp[] {
  const layers = quantizableLayers(model).filter(({ kind }) => kind === "MatMul" || kind === "Gemm");
  const byOutput = new Map(layers.map((layer) => [layer.output, layer]));
  const outputs = new Set(model.graph.outputs);
  const found = layers.flatMap((second) => mlpBefore(second, byOutput, outputs) ?? []);
  if (found.length > 0) return found;
  return fail({
    code: "rewrite.mlp",
    where: `graph ${model.graph.name}`,
    message: "the network has no transformer MLP",
    expected: "LayerNormalization → MatMul or Gemm → GELU → MatMul or Gemm → Add of the shortcut",
    got: `${layers.length} products with weights, none of them between such neighbours`,
    hint: "weightless blocks replace the MLPs of ViT, BERT and GPT graphs; femto.LutLayer classifiers are trained by the method dwn",
  });
}

function mlpBefore(
  second: QuantizableLayer,
  byOutput: ReadonlyMap<Value, QuantizableLayer>,
  outputs: ReadonlySet<Value>,
): TransformerMlp | undefined {
  const between = activation(second, byOutput, outputs);
  if (between === undefined) return undefined;
  const { first, gelu } = between;
  const normed = behind(first.input);
  const norm = normed.producer;
  if (norm === undefined || !norms.has(norm.op)) return undefined;
  const sum = shortcutOf(second.output, outputs);
  if (sum === undefined) return undefined;
  const [from, onto] = [behind(norm.inputs[0]!), behind(sum.other)];
  if (onto !== from && onto !== normed) return undefined;
  const [width, hidden, out] = [normed, first.output, second.output].map((value) => dimsOf(value).at(-1));
  if (typeof width !== "number" || typeof hidden !== "number" || width !== out) return undefined;
  const shortcut = onto === from ? "before" : "after";
  return { first, second, gelu, norm, shortcut, residual: sum.node, other: sum.other, width, hidden };
}

const norms = new Set(["LayerNormalization", "RMSNormalization"]);

/** The value behind reshapes, casts and dropout. */
function behind(value: Value): Value {
  const at = origin(value);
  return at.producer?.kind === "Dropout" ? behind(at.producer.inputs[0]!) : at;
}

const passesOn = (node: Node): boolean => isView(node) || node.kind === "Dropout";

/** Follows a value to the addition of two activations. */
function shortcutOf(value: Value, outputs: ReadonlySet<Value>): { node: Node; other: Value } | undefined {
  const [use, ...others] = value.uses;
  if (use === undefined || others.length > 0 || outputs.has(value)) return undefined;
  if (passesOn(use.node)) return use.index === 0 ? shortcutOf(use.node.outputs[0]!, outputs) : undefined;
  const other = use.node.kind === "Add" ? use.node.inputs[1 - use.index] : undefined;
  return other && { node: use.node, other };
}

/** What a GELU is written with. */
const elementwise = new Set(["Gelu", "Erf", "Tanh", "Sigmoid", "Mul", "Add", "Sub", "Div", "Pow", "Sqrt", "Neg"]);

/** The layer in front of `second`, if what lies between is a GELU that nobody else reads. */
function activation(
  second: QuantizableLayer,
  byOutput: ReadonlyMap<Value, QuantizableLayer>,
  outputs: ReadonlySet<Value>,
): { first: QuantizableLayer; gelu: GeluForm } | undefined {
  // In depth-first order: a node comes after what it reads.
  const nodes = new Set<Node>();
  const starts = new Set<QuantizableLayer>();
  const visit = (value: Value): boolean => {
    const layer = byOutput.get(value);
    if (layer !== undefined) return starts.add(layer) !== undefined;
    if (value.constant !== undefined) return value.constant.data.length === 1;
    const node = value.producer;
    if (node === undefined || value !== node.outputs[0]) return false;
    if (nodes.has(node)) return true;
    if (!passesOn(node) && (node.domain !== "" || !elementwise.has(node.op))) return false;
    const read = passesOn(node) ? node.inputs.slice(0, 1) : node.inputs;
    if (!read.every((input) => input !== undefined && visit(input))) return false;
    nodes.add(node);
    return true;
  };
  if (!visit(second.input)) return undefined;
  const [first, ...others] = starts;
  if (first === undefined || others.length > 0) return undefined;
  const inside = [first.output, ...[...nodes].map((node) => node.outputs[0]!)];
  const isPrivate = (value: Value) =>
    !outputs.has(value) && value.uses.every(({ node }) => nodes.has(node) || node === second.node);
  if (!inside.every(isPrivate)) return undefined;
  const gelu = formOf([...nodes], first.output, second.input);
  return gelu && { first, gelu };
}

const POINTS = f32(
  [41],
  Array.from({ length: 41 }, (_, i) => (i - 20) / 4),
);

const forms: Readonly<Record<GeluForm, (x: number) => number>> = {
  erf: (x) => (x / 2) * (1 + errorFunction(x / Math.SQRT2)),
  tanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  sigmoid: (x) => x / (1 + Math.exp(-1.702 * x)),
};

/** Which GELU the nodes compute; they are run on points from −5 to 5, where any two forms differ by 4·10^−4 at least once. */
function formOf(nodes: readonly Node[], from: Value, to: Value): GeluForm | undefined {
  const known = new Map<Value, Tensor>([[from, POINTS]]);
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => input && (known.get(input) ?? input.constant));
    const output = passesOn(node) ? inputs[0] : evaluate(node, inputs)[0];
    known.set(node.outputs[0]!, output!);
  }
  const values = numbers(known.get(to)!);
  if (values.length !== POINTS.data.length) return undefined;
  const points = numbers(POINTS);
  return (Object.keys(forms) as GeluForm[]).find((form) =>
    values.every((value, i) => Math.abs(value - forms[form](points[i]!)) < 2e-5),
  );
}
