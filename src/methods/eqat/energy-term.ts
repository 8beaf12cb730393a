/**
 * @file The energy of eqs. 10–12 as a graph of the bit-widths, with separate weight and activation bits (sheet, gap 1):
 * E_i = c_mac·q_w·q_a + c_w·q_w + c_a·q_a, divided by its value at 8 bits everywhere.
 */

import { tensor } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";

/** Per layer: picojoules per bit² of compute, per weight bit and per activation bit; from the energy room. */
export interface EnergyCoefficients {
  readonly mac: readonly number[];
  readonly weight: readonly number[];
  readonly input: readonly number[];
}

/** Picojoules of an assignment (bits per layer). */
export function energyOf(c: EnergyCoefficients, weightBits: ArrayLike<number>, inputBits: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < c.mac.length; i++) {
    sum += c.mac[i]! * weightBits[i]! * inputBits[i]! + c.weight[i]! * weightBits[i]! + c.input[i]! * inputBits[i]!;
  }
  return sum;
}

/** Energy relative to 8 bits everywhere. */
export function relativeEnergy(
  c: EnergyCoefficients,
  weightBits: ArrayLike<number>,
  inputBits: ArrayLike<number>,
): number {
  const eight = new Array<number>(c.mac.length).fill(8);
  return energyOf(c, weightBits, inputBits) / energyOf(c, eight, eight);
}

/** Emits Ē from the vectors of weight and input bits [layers]; a scalar. */
export function emitRelativeEnergy(g: Emit, c: EnergyCoefficients, weightBits: Value, inputBits: Value): Value {
  const eight = new Array<number>(c.mac.length).fill(8);
  const whole = energyOf(c, eight, eight);
  const share = (values: readonly number[]) =>
    g.constant(
      tensor(
        "float32",
        [values.length],
        values.map((value) => value / whole),
      ),
    );
  const compute = g.mul(share(c.mac), g.mul(weightBits, inputBits));
  const data = g.add(g.mul(share(c.weight), weightBits), g.mul(share(c.input), inputBits));
  return g.sum(g.add(compute, data), [0]);
}
