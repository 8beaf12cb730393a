/**
 * @file The element type of every value, as far as it follows from inputs, initializers and attributes. Needed at the
 * door itself, before any shape inference: old forms keep numbers in attributes that become tensors of the input's
 * type (Clip, Pad), and the lowest operator set of a file depends on the types that flow through its nodes.
 */

import type { DType } from "../base/dtype.ts";
import type { Graph } from "../graph/graph.ts";
import type { Attributes } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import { dtypeOfCode } from "./dtype-codes.ts";
import { QONNX_DOMAIN } from "./qonnx.ts";

/** What the rules look at: a node, or the draft of one. */
export interface Call {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
}

type Rule = (call: Call, typeOf: (value: Value | undefined) => DType | undefined, output: number) => DType | undefined;

/** Element types that differ from the value's own statement, or fill it in. */
export class ElementTypes {
  readonly #known = new Map<Value, DType>();

  of(value: Value | undefined): DType | undefined {
    return value && (value.type?.dtype ?? this.#known.get(value));
  }

  /** Notes the types of a node's outputs; nodes come in topological order. */
  note(call: Call): void {
    const rule = ruleOf(call);
    for (const [index, output] of call.outputs.entries()) {
      if (output === undefined || output.type !== undefined) continue;
      const dtype = rule(call, (value) => this.of(value), index);
      if (dtype !== undefined) this.#known.set(output, dtype);
    }
  }

  /** Walks a graph and its subgraphs in order. */
  noteGraph(graph: Graph): void {
    for (const node of graph.nodes) {
      for (const subgraph of node.subgraphs) this.noteGraph(subgraph);
      this.note(node);
    }
  }
}

const ofInput =
  (index: number): Rule =>
  ({ inputs }, typeOf) =>
    typeOf(inputs[index]);

/** The first output as the first input, the others of fixed type. */
const sameThen =
  (...others: DType[]): Rule =>
  ({ inputs }, typeOf, output) =>
    output === 0 ? typeOf(inputs[0]) : others[Math.min(output, others.length) - 1];

const always =
  (dtype: DType): Rule =>
  () =>
    dtype;

/** The type that an attribute names by its number; otherwise what `fallback` says. */
const ofAttribute =
  (name: string, fallback: Rule): Rule =>
  (call, typeOf, output) => {
    const attribute = call.attributes[name];
    const dtype = attribute?.type === "int" ? dtypeOfCode(attribute.value) : undefined;
    return dtype ?? fallback(call, typeOf, output);
  };

/** Outputs of a body, after `skip` that do not leave the node. */
const ofBody =
  (name: string, skip: number): Rule =>
  ({ attributes }, typeOf, output) => {
    const body = attributes[name];
    return body?.type === "graph" ? typeOf(body.value.outputs[output + skip]) : undefined;
  };

const unknown: Rule = () => undefined;

const each = (names: string, rule: Rule): [string, Rule][] => names.split(" ").map((name) => [name, rule]);

const rules = new Map<string, Rule>([
  ...each("Shape Size NonZero ArgMax ArgMin NonMaxSuppression SequenceLength", always("int64")),
  ...each("And Or Not Xor Equal Greater GreaterOrEqual Less LessOrEqual IsInf IsNaN", always("bool")),
  ...each("RegexFullMatch OptionalHasElement", always("bool")),
  ...each("ConvInteger MatMulInteger", always("int32")),
  ...each("ImageDecoder", always("uint8")),
  ...each("TfIdfVectorizer", always("float32")),
  ...each("TopK MaxPool Unique StringSplit", sameThen("int64")),
  ...each("Dropout", sameThen("bool")),
  ...each("LayerNormalization", sameThen("float32")),
  ...each("Where CastLike", ofInput(1)),
  ...each("OneHot", ofInput(2)),
  ...each("QLinearConv QLinearMatMul", ofInput(7)),
  ...each("Cast BitCast", ofAttribute("to", unknown)),
  ...each("RandomNormalLike RandomUniformLike EyeLike Bernoulli", ofAttribute("dtype", ofInput(0))),
  ...each("RandomNormal RandomUniform", ofAttribute("dtype", always("float32"))),
  ...each("Multinomial", ofAttribute("dtype", always("int32"))),
  ...each("BlackmanWindow HammingWindow HannWindow", ofAttribute("output_datatype", always("float32"))),
  ...each("MelWeightMatrix", ofAttribute("output_datatype", always("float32"))),
  ...each("DequantizeLinear", ofAttribute("output_dtype", ofInput(1))),
  ...each("If", ofBody("then_branch", 0)),
  ...each("Loop", ofBody("body", 1)),
  ...each("Scan", ofBody("body", 0)),
  ...each("SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceMap", unknown),
  ...each("SplitToSequence ConcatFromSequence Optional OptionalGetElement", unknown),
  [
    "QuantizeLinear",
    (call, typeOf, output) =>
      typeOf(call.inputs[2]) ?? ofAttribute("output_dtype", always("uint8"))(call, typeOf, output),
  ],
  ["DynamicQuantizeLinear", (_call, _typeOf, output) => (output === 1 ? "float32" : "uint8")],
  [
    "ConstantOfShape",
    ({ attributes }) => (attributes.value?.type === "tensor" ? attributes.value.value.dtype : "float32"),
  ],
  // The statistics of a batch may be wider than the batch.
  ["BatchNormalization", ({ inputs }, typeOf, output) => typeOf(inputs[output === 0 ? 0 : 3])],
]);

function ruleOf({ domain, op }: Call): Rule {
  if (domain === QONNX_DOMAIN) return ofInput(0);
  return domain === "" ? (rules.get(op) ?? ofInput(0)) : unknown;
}
