/** @file Attribute specifications: name, ONNX type and default of what an operator takes besides its inputs. */

import type { DType } from "../base/dtype.ts";
import { codeOfDType, dtypeOfCode } from "../base/dtype-codes.ts";
import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import type { Graph } from "../graph/graph.ts";
import type { Attribute, Attributes } from "../graph/node.ts";

export interface AttributeSpec<T> {
  readonly type: Attribute["type"];
  /** The value where the node says nothing; `undefined` for an attribute that may be absent. */
  readonly fallback: T;
  readonly isRequired?: boolean;
  readonly choices?: readonly string[];
  /** Stored as int 0/1, seen as a boolean. */
  readonly isFlag?: boolean;
  /** Stored as ONNX's number of an element type, seen as its name. */
  readonly isElementType?: boolean;
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec<unknown>>>;

/** The values an operator's functions see: `{ alpha: number; transA: boolean … }`. */
export type AttributeValues<A extends AttributeSpecs> = {
  readonly [Name in keyof A]: A[Name] extends AttributeSpec<infer T> ? T : never;
};

type Maker<T> = {
  (): AttributeSpec<T | undefined>;
  (fallback: T): AttributeSpec<T>;
};

const maker =
  <T>(type: Attribute["type"]): Maker<T> =>
  (fallback?: T) =>
    ({ type, fallback }) as AttributeSpec<T>;

export const int = maker<number>("int");
export const float = maker<number>("float");
export const ints = maker<readonly number[]>("ints");
export const floats = maker<readonly number[]>("floats");
export const texts = maker<readonly string[]>("strings");
export const tensorAttribute = maker<Tensor>("tensor");
export const graphAttribute = maker<Graph>("graph");
export const flag = (fallback: boolean): AttributeSpec<boolean> => ({ type: "int", fallback, isFlag: true });

/** An element type (`Cast.to`); ONNX's 0 means that none is stated. */
export const elementType = (): AttributeSpec<DType | undefined> => ({
  type: "int",
  fallback: undefined,
  isElementType: true,
});

/** A string attribute; with choices, anything else is refused. */
export function text<const C extends string>(fallback: C, ...choices: C[]): AttributeSpec<C>;
export function text(): AttributeSpec<string | undefined>;
export function text(fallback?: string, ...choices: string[]): AttributeSpec<string | undefined> {
  return { type: "string", fallback, ...(choices.length > 0 && { choices: [fallback as string, ...choices] }) };
}

/** An attribute without which the operator has no meaning. */
export const required = <T>(spec: AttributeSpec<T>): AttributeSpec<NonNullable<T>> =>
  ({ ...spec, isRequired: true }) as AttributeSpec<NonNullable<T>>;

/** Reads a node's attributes by the specification. @throws FemtoError `attribute.*` */
export function readAttributes(specs: AttributeSpecs, attributes: Attributes): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(attributes)) {
    if (!(name in specs)) {
      fail({
        code: "attribute.unknown",
        where: `attribute ${name}`,
        message: "the operator has no such attribute",
        expected: Object.keys(specs).join(", ") || "no attributes",
      });
    }
  }
  for (const [name, spec] of Object.entries(specs)) {
    const attribute = attributes[name];
    if (attribute === undefined) {
      if (spec.isRequired) fail({ code: "attribute.missing", where: `attribute ${name}`, message: "is missing" });
      values[name] = spec.fallback;
      continue;
    }
    if (attribute.type !== spec.type) {
      fail({
        code: "attribute.type",
        where: `attribute ${name}`,
        message: "has a wrong type",
        expected: spec.type,
        got: attribute.type,
      });
    }
    if (spec.choices && !spec.choices.includes(attribute.value as string)) {
      fail({
        code: "attribute.choice",
        where: `attribute ${name}`,
        message: `"${attribute.value}" is not one of its values`,
        expected: spec.choices.join(", "),
      });
    }
    values[name] = seen(name, spec, attribute.value);
  }
  return values;
}

/** The stored value as an operator's functions see it. */
function seen(name: string, spec: AttributeSpec<unknown>, value: unknown): unknown {
  if (spec.isFlag) return value !== 0;
  if (!spec.isElementType || (value === 0 && !spec.isRequired)) return spec.isElementType ? undefined : value;
  return (
    dtypeOfCode(value as number) ??
    fail({ code: "attribute.choice", where: `attribute ${name}`, message: `${value} is not an ONNX element type` })
  );
}

function stored(spec: AttributeSpec<unknown>, value: unknown): unknown {
  if (spec.isFlag) return Number(value);
  return spec.isElementType ? codeOfDType(value as DType) : value;
}

/** Turns plain values into ONNX attributes; values equal to the default are left out. */
export function writeAttributes(specs: AttributeSpecs, values: Readonly<Record<string, unknown>>): Attributes {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const spec = specs[name];
    if (spec === undefined) fail({ code: "attribute.unknown", message: `attribute ${name} is not known` });
    if (value === spec.fallback && !spec.isRequired) continue;
    attributes[name] = { type: spec.type, value: stored(spec, value) } as Attribute;
  }
  return attributes;
}
