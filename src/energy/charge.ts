/**
 * @file Charge: the price of one action, with the chain that leads to the figure: count → action → price → scaling →
 * citation.
 */

import { fail } from "../base/errors.ts";
import {
  type Arithmetic,
  type Holding,
  isArithmetic,
  isMemory,
  type Machine,
  type MacScaling,
  type Memory,
  type Price,
  priceOf,
  type Range,
  scaled,
} from "../machines/index.ts";
import type { Histogram } from "./activity.ts";
import type { Action, Cause } from "./schedule.ts";
import { byWeights } from "./weight-values.ts";
import { bitsOfWidth, type Width } from "./width.ts";

export interface Charge {
  readonly energy: Range;
  readonly price: Price;
  /** Multiples of the price: energy = price × quantity. */
  readonly quantity: number;
  /** How count and widths become the quantity, as text. */
  readonly scaling: string;
}

/** Bits of an integer operand format: `int8` → 8. */
export const quotedBits = (operand: string): number => Number(/\d+$/.exec(operand)![0]);

/** The price of an action on integers, whatever width it is quoted for. @throws FemtoError `machine.price` */
export function integerPrice(
  machine: Machine,
  component: Arithmetic,
  verb: string,
): Price & { readonly operand: string } {
  const quoted = component.prices.find(
    ({ verb: own, operand }) => own === verb && operand?.includes("float") === false,
  );
  return (quoted ?? priceOf(machine, component, verb, "int8")) as Price & { readonly operand: string };
}

/**
 * @param weights values of the layer's weights, for prices that depend on them
 * @throws FemtoError `machine.price`, `energy.bits`, `energy.width`, `energy.weights`
 */
export function charge(action: Action, machine: Machine, weights?: Histogram): Charge {
  const { component, verb, count, operands } = action;
  if (isArithmetic(component)) return chargeArithmetic(action, component, machine, weights);
  const price = priceOf(machine, component, verb);
  if (price.per !== "bit") return pay(price, count, `${count} times`);
  const bits = isMemory(component) ? storedBits(component, action.cause, operands[0]!) : bitsOfWidth(operands[0]!);
  const moved = count * bits;
  const granule = isMemory(component) ? component.granuleBits : 1;
  const billed = Math.ceil(moved / granule) * granule;
  const note = billed === moved ? "" : `, billed in multiples of ${granule} bits`;
  return pay(price, billed, `${count} elements × ${bits} bits${note}`);
}

const held: Partial<Record<Cause, Holding>> = {
  weights: "weights",
  activations: "activations",
  "partial sums": "partial sums",
  state: "state",
};

/** Bits of an element in a memory: those of its format, or what the memory packs such elements in. */
function storedBits({ packing }: Memory, cause: Cause, width: Width): number {
  const holding = held[cause];
  return (holding && packing[holding]) ?? bitsOfWidth(width);
}

function chargeArithmetic(action: Action, component: Arithmetic, machine: Machine, weights?: Histogram): Charge {
  const { verb, count, operands, from } = action;
  const floats = operands.filter((operand) => typeof operand === "string");
  if (floats.length > 0) {
    if (new Set(operands).size > 1) {
      fail({
        code: "energy.bits",
        where: `layer ${from.layer}`,
        message: "its operands are of different kinds",
        expected: "two integers, or twice the same float format",
        got: operands.join(" and "),
      });
    }
    const price = priceOf(machine, component, verb, floats[0]);
    return pay(price, count, `${count} times in ${floats[0]}`);
  }
  const widths = operands as readonly number[];
  // Instructions and neuron updates are priced whole: they have no operand format.
  const whole = component.prices.find((price) => price.verb === verb && price.operand === undefined);
  if (whole !== undefined) return pay(whole, count, `${count} times`);
  const price = integerPrice(machine, component, verb);
  if (widths.length === 0) return pay(price, count, `${count} times at ${quotedBits(price.operand)} bits`);
  const [a, b] = widths as readonly [number, number];
  const { factor, text } = scale(component.scaling, quotedBits(price.operand), a, b, from.layer);
  const own = byWeights(price, weights, from.layer);
  if (own !== undefined) return pay(price, count * factor * own.factor, `${count} × ${text} × ${own.text}`);
  return pay(price, count * factor, `${count} × ${text}`);
}

const pay = (price: Price, quantity: number, scaling: string): Charge => ({
  energy: scaled(price.energy, quantity),
  price,
  quantity,
  scaling,
});

/** How much an operation on a and b bits costs, in prices of the quoted width. */
function scale(
  scaling: MacScaling,
  quoted: number,
  a: number,
  b: number,
  layer: string,
): { factor: number; text: string } {
  switch (scaling.kind) {
    case "quadratic":
      return { factor: (a * b) / quoted ** 2, text: `${a}·${b}/${quoted}²` };
    case "linear":
      return { factor: (a + b) / (2 * quoted), text: `(${a} + ${b})/(2·${quoted})` };
    case "none":
      checkFits(Math.max(a, b), quoted, layer);
      return { factor: 1, text: `1 (the multiplier has ${quoted} bits)` };
    case "set": {
      checkFits(Math.max(a, b), scaling.widths.at(-1)!, layer);
      const [wideA, wideB] = [a, b].map((bits) => scaling.widths.find((width) => width >= bits)!) as [number, number];
      return {
        factor: (wideA * wideB) / quoted ** 2,
        text: `${wideA}·${wideB}/${quoted}² (widths ${scaling.widths.join(", ")})`,
      };
    }
  }
}

function checkFits(bits: number, most: number, layer: string): void {
  if (bits <= most) return;
  fail({
    code: "energy.width",
    where: `layer ${layer}`,
    message: "the machine has no multiplier for its operands",
    expected: `at most ${most} bits`,
    got: `${bits} bits`,
  });
}

/** The format of an operand as a person writes it: `int5`, `float32`. */
export const widthText = (width: Width): string => (typeof width === "number" ? `int${width}` : width);
