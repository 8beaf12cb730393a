/** @file Attributes that became inputs: reading them with their old defaults, and turning them into values. */

import { fail } from "../../base/errors.ts";
import { scalar, type Tensor, tensor } from "../../base/tensor.ts";
import type { Attribute } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { int64Saturated } from "../int64.ts";
import type { Draft, UpgradeContext } from "./upgrade.ts";

/** The call without some of its attributes. */
export function without(call: Draft, ...names: string[]): Draft {
  const kept = Object.entries(call.attributes).filter(([name]) => !names.includes(name));
  return { ...call, attributes: Object.fromEntries(kept) };
}

/** The call with one more attribute. */
export const withAttribute = (call: Draft, name: string, attribute: Attribute): Draft => ({
  ...call,
  attributes: { ...call.attributes, [name]: attribute },
});

/** @throws FemtoError `onnx.upgrade` where the attribute is a reference, whose value only a call would tell */
export function intAttribute(call: Draft, name: string, otherwise: number): number {
  const attribute = call.attributes[name];
  if (attribute === undefined) return otherwise;
  if (attribute.type === "int") return attribute.value;
  return wrongKind(name, "an integer", attribute);
}

export function textAttribute(call: Draft, name: string, otherwise: string): string {
  const attribute = call.attributes[name];
  if (attribute === undefined) return otherwise;
  if (attribute.type === "string") return attribute.value;
  return wrongKind(name, "a string", attribute);
}

/**
 * The attribute as a value: an initializer, or inside a function (where the attribute may refer to one of the
 * function's own) a Constant node. Lists become one-dimensional, single numbers scalars; `undefined` where absent or
 * an empty list, which old operators took as absent.
 */
export function attributeAsInput(call: Draft, name: string, context: UpgradeContext): Value | undefined {
  const attribute = call.attributes[name];
  const stem = `${call.outputs.find((output) => output !== undefined)?.name ?? call.op}_${name}`;
  switch (attribute?.type) {
    case undefined:
      return undefined;
    case "ints":
      return attribute.value.length === 0 ? undefined : context.constant(stem, int64s(attribute.value));
    case "int":
      return context.constant(stem, { ...int64s([attribute.value]), dims: [] });
    case "floats":
      return attribute.value.length === 0
        ? undefined
        : context.constant(stem, tensor("float32", [attribute.value.length], attribute.value));
    case "float":
      return context.constant(stem, scalar("float32", attribute.value));
    case "reference": {
      const kind = constantKinds[attribute.as];
      if (kind === undefined) return wrongKind(name, "a number or a list of numbers", attribute);
      const output = context.value(stem);
      context.emit({ op: "Constant", inputs: [], outputs: [output], attributes: { [kind]: attribute } });
      return output;
    }
    default:
      return wrongKind(name, "a number or a list of numbers", attribute);
  }
}

/** The number in attribute `name` as a scalar of the same element type as `like`. */
export function numberLike(call: Draft, name: string, like: Value | undefined, context: UpgradeContext) {
  const attribute = call.attributes[name];
  const dtype = context.dtypeOf(like);
  if (attribute?.type === "float" && dtype !== undefined) {
    return context.constant(`${call.outputs[0]?.name ?? call.op}_${name}`, scalar(dtype, attribute.value));
  }
  const plain = attributeAsInput(call, name, context);
  if (plain === undefined) return undefined;
  const cast = context.value(plain.name);
  context.emit({ op: "CastLike", inputs: [plain, like], outputs: [cast] });
  return cast;
}

/** Which attribute of Constant holds a reference to an attribute of this type (`AttributeProto.AttributeType`). */
const constantKinds: Readonly<Record<number, string>> = {
  1: "value_float",
  2: "value_int",
  6: "value_floats",
  7: "value_ints",
};

const int64s = (values: readonly number[]): Tensor => tensor("int64", [values.length], values.map(int64Saturated));

function wrongKind(name: string, expected: string, attribute: Attribute): never {
  return fail({
    code: attribute.type === "reference" ? "onnx.unsupported" : "onnx.attribute",
    where: `attribute ${name}`,
    message: "the attribute cannot be carried into the present form of the operator",
    expected,
    got: attribute.type === "reference" ? `a reference to "${attribute.value}"` : attribute.type,
  });
}
