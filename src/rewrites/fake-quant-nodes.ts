/** @file What a `femto.FakeQuant` node with constant bits and ranges says: scale, zero point and greatest code, in float32. */

import { fail } from "../base/errors.ts";
import { roundHalfEven } from "../base/soft-float.ts";
import { numbers } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";

/** The grid of one quantiser: x̂ = scale·(code − zero), least ≤ code ≤ most. */
export interface QuantGrid {
  readonly bits: number;
  readonly isSigned: boolean;
  /** One scale, or one for each index along `axis`. */
  readonly scales: Float32Array;
  readonly axis: number;
  readonly zero: number;
  readonly least: number;
  readonly most: number;
}

const r = Math.fround;

export const isFakeQuant = (node: Node | undefined): node is Node => node?.kind === "femto.FakeQuant";

/**
 * Reads the grid of a node, with the same roundings as the operator itself.
 * @throws FemtoError `quantize.constant` where bits or range are not constants, `quantize.bits` for fractional bits
 */
export function gridOf(node: Node): QuantGrid {
  const constant = (index: number, name: string) => {
    const value = node.inputs[index]?.constant;
    if (value === undefined) {
      fail({ code: "quantize.constant", where: node.describe(), message: `${name} is not a constant` });
    }
    return Float32Array.from(numbers(value));
  };
  const bits = constant(1, "the bit-width")[0]!;
  if (!Number.isInteger(bits)) {
    fail({
      code: "quantize.bits",
      where: node.describe(),
      message: "only whole bit-widths can be exported",
      got: `${bits}`,
      hint: "discretise first",
    });
  }
  const high = constant(2, "the range");
  const grid = (node.attributes.grid?.value as string | undefined) ?? "narrow";
  const axis = (node.attributes.axis?.value as number | undefined) ?? -1;
  if (grid === "narrow") {
    const steps = 2 ** (bits - 1) - 1;
    const scales = high.map((value) => r(value / steps));
    return { bits, isSigned: true, scales, axis, zero: 0, least: -steps, most: steps };
  }
  const steps = 2 ** bits - 1;
  if (grid === "unsigned") {
    return { bits, isSigned: false, scales: high.map((v) => r(v / steps)), axis, zero: 0, least: 0, most: steps };
  }
  const low = constant(3, "the lower range")[0]!;
  const scale = r(r(high[0]! - low) / steps);
  const zero = roundHalfEven(-r(low / scale));
  return { bits, isSigned: false, scales: Float32Array.of(scale), axis, zero, least: 0, most: steps };
}
