/** @file Where on the array a layer's energy goes: the sum of what each processing element switches, over all tiles. */

import type { LayerShape } from "./layer-energy.ts";
import type { IntegerMatrix, SystolicArray } from "./trace.ts";
import { energyAt, type WeightTable } from "./weight-table.ts";

/**
 * T·Σ Ē(w) over the weights that lie in each element in one tile after another; row r, column c at index r·columns + c, in the
 * table's unit. The sum over all elements is `layerEnergy(…).total`.
 * @throws RangeError for weights beyond the table
 */
export function elementEnergies(
  weights: IntegerMatrix,
  { outputs, inputs, steps }: LayerShape,
  table: WeightTable,
  { rows, columns }: SystolicArray,
  options: { areIdleGated?: boolean } = {},
): Float64Array {
  const { areIdleGated = true } = options;
  const energies = new Float64Array(rows * columns);
  const held = new Float64Array(rows * columns);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const element = (input % rows) * columns + (output % columns);
      energies[element]! += steps * energyAt(table, weights[output * inputs + input]!);
      held[element]!++;
    }
  }
  if (areIdleGated) return energies;
  const tiles = Math.ceil(inputs / rows) * Math.ceil(outputs / columns);
  const idle = steps * energyAt(table, 0);
  return energies.map((energy, element) => energy + (tiles - held[element]!) * idle);
}
