/** @file The grid on which a layer's input lies: found by walking back to the quantiser that made it. */

import { bitsOf, type DType, integerRange, kindOf } from "../../base/dtype.ts";
import { numbers, type Tensor } from "../../base/tensor.ts";
import type { Node } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";
import { codeRange } from "../../operators/qonnx-range.ts";
import { BITS_KEY, gridOf } from "../../rewrites/index.ts";
import type { Constants } from "./constants.ts";

/** real value = (code − zero) · scale, least ≤ code ≤ most. */
export interface QuantisedInput {
  readonly bits: number;
  /** Type of the codes in the file; float32 where they are never written (QONNX). */
  readonly container: DType;
  readonly scale: number;
  readonly zero: number;
  readonly least: number;
  readonly most: number;
}

/** Operators that leave numbers on their grid. */
const keeping = new Set([
  ...["Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "MaxPool", "GlobalMaxPool", "Dropout"],
  ...["Slice", "Gather", "Split", "DepthToSpace", "SpaceToDepth", "Tile", "Expand"],
]);

const QONNX = "qonnx.custom_op.general";

/** Reads the grid of real numbers; `undefined` where they are plain floats, or scaled channel by channel. */
export function readInput(value: Value, constants: Constants): QuantisedInput | undefined {
  const node = value.producer;
  if (node === undefined) return undefined;
  if (keeping.has(node.kind)) return node.inputs[0] && readInput(node.inputs[0], constants);
  if (node.kind === "DequantizeLinear") {
    const [, scale, zero] = node.inputs.map((input) => constants.of(input));
    return scale && node.inputs[0] && onCodes(node.inputs[0], scale, zero, constants);
  }
  if (node.kind === "femto.FakeQuant") return ofFakeQuant(node);
  if (node.kind === `${QONNX}.Quant`) return ofQuant(node, constants);
  if (node.kind !== `${QONNX}.BipolarQuant`) return undefined;
  const scale = single(constants.of(node.inputs[1]));
  return scale === undefined ? undefined : { bits: 1, container: "float32", scale, zero: 0, least: -1, most: 1 };
}

/** Reads the grid of integer codes, given the scale that turns them into real numbers. */
export function onCodes(
  codes: Value,
  scale: Tensor,
  zero: Tensor | undefined,
  constants: Constants,
): QuantisedInput | undefined {
  const factor = single(scale);
  const origin = zero === undefined ? 0 : single(zero);
  if (factor === undefined || origin === undefined) return undefined;
  const { dtype, least, most, bits } = codeGrid(codes, constants);
  return { bits, container: dtype, scale: factor, zero: origin, least, most };
}

/** The scale of codes: that of the QuantizeLinear behind clips and rearrangements. */
export function scaleOfCodes(codes: Value, constants: Constants): Tensor | undefined {
  const node = codes.producer;
  if (node?.kind === "QuantizeLinear") return constants.of(node.inputs[1]);
  if (node === undefined || (node.kind !== "Clip" && !keeping.has(node.kind))) return undefined;
  return node.inputs[0] && scaleOfCodes(node.inputs[0], constants);
}

/** The true range of codes: what the metadata state, what a Clip leaves, what the type holds. */
function codeGrid(codes: Value, constants: Constants) {
  const dtype = codes.type?.dtype ?? "uint8";
  const { min, max } = integerRange(dtype);
  let [least, most] = [Number(min), Number(max)];
  let stated: string | undefined;
  for (let value: Value | undefined = codes; value !== undefined; value = value.producer?.inputs[0]) {
    stated ??= value.metadata.get(BITS_KEY);
    const node: Node | undefined = value.producer;
    if (node?.kind === "Clip") {
      const [low, high] = [single(constants.of(node.inputs[1])), single(constants.of(node.inputs[2]))];
      [least, most] = [Math.max(least, low ?? least), Math.min(most, high ?? most)];
    } else if (node === undefined || !keeping.has(node.kind)) break;
  }
  if (stated === undefined) {
    return { dtype, least, most, bits: Math.min(bitsOf(dtype), Math.ceil(Math.log2(most - least + 1))) };
  }
  // Femto's own grids; wide codes are clipped before they are made.
  const signed = kindOf(dtype) === "int";
  [least, most] = codeRange(Number(stated), { signed, narrow: signed });
  return { dtype, least, most, bits: Number(stated) };
}

function ofFakeQuant(node: Node): QuantisedInput | undefined {
  const { bits, scales, axis, zero, least, most } = gridOf(node);
  return axis < 0 ? { bits, container: "float32", scale: scales[0]!, zero, least, most } : undefined;
}

function ofQuant(node: Node, constants: Constants): QuantisedInput | undefined {
  const [scale, zero, bits] = node.inputs.slice(1).map((input) => single(constants.of(input)));
  if (scale === undefined || zero === undefined || bits === undefined) return undefined;
  const signed = (node.attributes.signed?.value ?? 1) === 1;
  const isBipolar = signed && bits === 1;
  const narrow = node.attributes.narrow?.value === 1;
  const [least, most] = isBipolar ? [-1, 1] : codeRange(bits, { signed, narrow });
  return { bits, container: "float32", scale, zero, least, most };
}

/** The only element of a tensor. */
const single = (t: Tensor | undefined): number | undefined => (t?.data.length === 1 ? numbers(t)[0] : undefined);
