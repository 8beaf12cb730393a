/**
 * @file Operator: one file per operator, five answers — shape, run, gradient, work, examples.
 * A definition that lacks an answer does not compile.
 */

import type { Rng } from "../base/rng.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Dim } from "../graph/dims.ts";
import type { Graph } from "../graph/graph.ts";
import type { TensorType, Value } from "../graph/value.ts";
import type { AttributeSpecs, AttributeValues } from "./attributes.ts";
import type { Emit } from "./emit.ts";
import type { Bound, Work } from "./work.ts";

/** What inference knows of an input. */
export interface Known extends TensorType {
  /** All elements, where the value is a constant. */
  readonly constant?: Tensor | undefined;
  /** Elements of a small integer tensor (rank 0 or 1), symbols allowed: the way of shapes through Shape → Gather → Concat. */
  readonly contents?: readonly Dim[] | undefined;
}

/** What inference says of an output; `contents` where the operator carries shapes along. */
export interface Inferred extends TensorType {
  readonly contents?: readonly Dim[] | undefined;
}

export interface ShapeContext {
  /** How many outputs the node has (Split needs it). */
  readonly outputs: number;
  /** A dimension that is not known, under a name of its own. */
  fresh(stem: string): Dim;
  /** Infers a subgraph for given input types (control flow). */
  infer(graph: Graph, inputs: readonly Known[]): Inferred[];
}

export interface RunContext {
  readonly outputs: number;
  /** Counts what really happens, so that a test can hold it against `work`. */
  readonly tally: { mac: number };
  /** Only operators that draw random numbers touch it. */
  readonly random: Rng;
  /** Runs a subgraph (control flow). */
  evaluate(graph: Graph, inputs: readonly Tensor[]): Tensor[];
}

/** An operator without gradient rule says why. */
export interface NoGradient {
  readonly none: string;
  /** Its derivative is zero wherever it exists: nothing flows back, and that is no mistake. */
  readonly isFlat?: boolean;
}

/** `gradient: none("takes integers")`: there is nothing to differentiate; asking for it is an error. */
export const none = (why: string): NoGradient => ({ none: why });

/** `gradient: flat("piecewise constant")`: zero almost everywhere. The text stands in the docs. */
export const flat = (why: string): NoGradient => ({ none: why, isFlat: true });

/**
 * Emits ∂L/∂input for every input, given ∂L/∂output (`undefined` where nothing flows). An `undefined` answer means zero.
 * Emit freely: what nobody reads is removed afterwards. `inputs[i]` is `undefined` where an optional input is absent.
 */
export type GradientRule<A extends AttributeSpecs> = (
  g: Emit,
  inputs: readonly Value[],
  dys: readonly Value[],
  at: AttributeValues<A>,
  outputs: readonly Value[],
) => readonly (Value | undefined)[];

/** Data used three ways: test, documentation, gradient check. */
export interface Example<A extends AttributeSpecs = AttributeSpecs> {
  /** What the example shows, e.g. "strides and auto_pad". */
  readonly name: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: Partial<AttributeValues<A>>;
  /** Expected outputs, worked out independently of `run`; at least one example of each operator has them. */
  readonly expected?: readonly (Tensor | undefined)[];
  readonly outputs?: number;
  /** Inputs whose gradient is checked; default: every float input. `[]` where the example sits on a kink. */
  readonly gradientOf?: readonly number[];
  /** Inputs written as initializers besides integer vectors, e.g. the scales of Resize. */
  readonly constant?: readonly number[];
  /** Says why ONNX Runtime cannot run this case (missing kernel); the comparison with it is then left out. */
  readonly notInRuntime?: string;
}

export interface OperatorSpec<A extends AttributeSpecs> {
  /** "" (standard) unless given. */
  readonly domain?: string;
  /** The earliest standard operator set in which this form exists. */
  readonly since: number;
  readonly attributes: A;
  /** Least and greatest number of inputs; variadic operators say Infinity. */
  readonly arity: readonly [least: number, most: number];
  /** Greatest number of outputs (1 unless given). */
  readonly outputs?: number;
  /** Output types from input types. `dims` of an input may be `undefined` (unknown rank): answer the same. @throws FemtoError `shape.*` */
  shape(inputs: readonly Known[], at: AttributeValues<A>, context: ShapeContext): readonly Inferred[];
  /** The readable truth in plain loops; works in float64 as well as in float32 (dtype of the inputs). */
  run(inputs: readonly Tensor[], at: AttributeValues<A>, context: RunContext): readonly Tensor[];
  readonly gradient: GradientRule<A> | NoGradient;
  /** Counts only. Optional inputs and outputs may be `undefined`. */
  work(inputs: readonly Bound[], outputs: readonly Bound[], at: AttributeValues<A>): Work;
  readonly examples: readonly Example<A>[];
  /** For operators of Femto's own: the ONNX function body. Attributes are known, so the body is emitted per node kind. */
  readonly body?: (g: Emit, inputs: readonly Value[], at: AttributeValues<A>) => readonly Value[];
  /** Relative tolerance against ONNX Runtime in float32 (default 1e-5; 0 for integer, logic and quantising operators). */
  readonly tolerance?: number;
  /** Random operators are not compared by value. */
  readonly isRandom?: boolean;
}

/** An operator with its attribute types erased, as the table holds it. */
export interface Operator extends OperatorSpec<AttributeSpecs> {
  readonly name: string;
  readonly domain: string;
  readonly outputs: number;
}

/** Defines an operator. */
export function operator<const A extends AttributeSpecs>(name: string, spec: OperatorSpec<A>): Operator {
  return { domain: "", outputs: 1, ...spec, name } as unknown as Operator;
}

export const hasGradient = (op: Operator): op is Operator & { gradient: GradientRule<AttributeSpecs> } =>
  typeof op.gradient === "function";
