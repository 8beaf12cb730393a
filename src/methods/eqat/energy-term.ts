/**
 * @file The energy of eqs. 10–12 as a graph of the bit-widths, with separate weight and activation bits (sheet, gap 1),
 * divided by its value at 8 bits everywhere. The coefficients are the energy room's, for any machine.
 */

import { fail } from "../../base/errors.ts";
import { tensor } from "../../base/tensor.ts";
import { type EnergyCoefficients, energyAt } from "../../energy/index.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";

/** The coefficients of the given layers, in their order. @throws FemtoError `eqat.energy` for a layer without price */
export function coefficientsFor(all: EnergyCoefficients, layers: readonly string[]): EnergyCoefficients {
  const indices = layers.map((layer) => {
    const index = all.layers.indexOf(layer);
    if (index < 0) {
      fail({
        code: "eqat.energy",
        where: `layer ${layer}`,
        message: "the machine prices no such layer",
        expected: all.layers.join(", "),
      });
    }
    return index;
  });
  const take = (values: readonly number[]) => indices.map((index) => values[index]!);
  return {
    ...all,
    layers,
    mac: take(all.mac),
    weight: take(all.weight),
    input: take(all.input),
    fixed: take(all.fixed),
  };
}

/** Emits Ē from the vectors of weight and input bits [layers]; a scalar. */
export function emitRelativeEnergy(g: Emit, c: EnergyCoefficients, weightBits: Value, inputBits: Value): Value {
  const eight = c.mac.map(() => 8);
  const whole = energyAt(c, eight, eight);
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
  return g.sum(g.add(g.add(compute, data), share(c.fixed)), [0]);
}
