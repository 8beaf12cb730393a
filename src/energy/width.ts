/** @file Width: what an operand is multiplied and stored in. A whole number of bits of an integer, or a float format. */

import { fail } from "../base/errors.ts";
import { type FloatName, float, isFloatName } from "../formats/index.ts";
import type { LayerCost } from "./node-cost.ts";

export type Width = number | FloatName;

/** Widths of one layer's operands. */
export interface LayerWidths {
  readonly layer: string;
  readonly weight: Width;
  readonly input: Width;
}

export const bitsOfWidth = (width: Width): number => (typeof width === "number" ? width : float(width).bits);

/** Every layer with the same widths: `uniformWidths(layers, 8)`, `uniformWidths(layers, 4, 8)`, `… "float32"`. */
export const uniformWidths = (layers: readonly LayerCost[], weight: Width, input: Width = weight): LayerWidths[] =>
  layers.map(({ name }) => ({ layer: name, weight, input }));

/**
 * The widths of each layer, in the order of the layers. Nothing is assumed: each layer must be named once.
 * @throws FemtoError `energy.bits` for a layer that is missing, unknown, named twice, or has an impossible width
 */
export function assignWidths(layers: readonly LayerCost[], widths: readonly LayerWidths[]): readonly LayerWidths[] {
  const assigned = new Map(widths.map((entry) => [entry.layer, entry]));
  const unknown = widths.find(({ layer }) => !layers.some(({ name }) => name === layer));
  if (unknown !== undefined || assigned.size < widths.length) {
    fail({
      code: "energy.bits",
      message: unknown ? `"${unknown.layer}" is not a weighted layer of the model` : "a layer is assigned twice",
      expected: layers.map(({ name }) => name).join(", "),
    });
  }
  return layers.map(({ name }) => {
    const entry = assigned.get(name);
    if (entry === undefined) {
      return fail({
        code: "energy.bits",
        where: `layer ${name}`,
        message: "has no bit-widths",
        expected: "weight and input",
      });
    }
    checkWidth(entry.weight, `layer ${name} › weight`);
    checkWidth(entry.input, `layer ${name} › input`);
    return entry;
  });
}

/** Only whole bit-widths exist in hardware: energy of a fractional width is for training alone (`energyAt`). */
function checkWidth(width: Width, where: string): void {
  const isWhole = typeof width === "number" && Number.isInteger(width) && width >= 1 && width <= 64;
  if (isWhole || (typeof width === "string" && isFloatName(width))) return;
  fail({
    code: "energy.bits",
    where,
    message: "is not a width that hardware can have",
    expected: "a whole number from 1 to 64, or a float format",
    got: String(width),
    hint: "round learned bit-widths first",
  });
}
