/** @file From a table to the energy of layers and networks, by how their weights are laid onto the array in tiles. */

import { fail } from "../../base/errors.ts";
import type { IntegerMatrix, SystolicArray } from "./trace.ts";
import { energyAt, type WeightTable } from "./weight-table.ts";

/** A layer's matrix product: `outputs` × `inputs` weights, each used `steps` times. */
export interface LayerShape {
  readonly outputs: number;
  readonly inputs: number;
  readonly steps: number;
}

export interface TileMapping {
  readonly rowTiles: number;
  readonly columnTiles: number;
  /** Cycles of one tile: R to load the weights, T + R + C − 2 to pass the columns through. */
  readonly cyclesPerTile: number;
  readonly cycles: number;
  readonly macs: number;
  /** Multiply-accumulates per element and cycle. */
  readonly utilisation: number;
  /** Elements of partial tiles that hold no weight, summed over tiles. */
  readonly idleElements: number;
}

/** Tiles of a weight-stationary array: ⌈K/R⌉ · ⌈M/C⌉, one after the other. */
export function mapTiles({ outputs, inputs, steps }: LayerShape, { rows, columns }: SystolicArray): TileMapping {
  const rowTiles = Math.ceil(inputs / rows);
  const columnTiles = Math.ceil(outputs / columns);
  const tiles = rowTiles * columnTiles;
  const cyclesPerTile = 2 * rows + columns + steps - 2;
  const cycles = tiles * cyclesPerTile;
  const macs = outputs * inputs * steps;
  return {
    rowTiles,
    columnTiles,
    cyclesPerTile,
    cycles,
    macs,
    utilisation: macs / (cycles * rows * columns),
    idleElements: tiles * rows * columns - outputs * inputs,
  };
}

/** n(v): how often each weight occurs, at index v + 2^(bits − 1). */
export function weightHistogram(weights: IntegerMatrix, weightBits: number): Float64Array {
  const half = 2 ** (weightBits - 1);
  const counts = new Float64Array(2 * half);
  for (const weight of weights) counts[weight + half]!++;
  return counts;
}

export interface LayerEnergy {
  readonly mapping: TileMapping;
  /** T·Σ_v n(v)·Ē(v), in the table's unit. */
  readonly used: number;
  /** T·Ē(0) for each element without a weight; 0 where these are gated. */
  readonly idle: number;
  readonly total: number;
  readonly unit: WeightTable["unit"];
}

/**
 * Switching energy of the multiply-accumulate units of one layer; registers, memories and clock are not in it.
 * @throws FemtoError `layer.size` where the weights are not `outputs` × `inputs`
 */
export function layerEnergy(
  weights: IntegerMatrix,
  shape: LayerShape,
  table: WeightTable,
  array: SystolicArray,
  options: { areIdleGated?: boolean } = {},
): LayerEnergy {
  if (weights.length !== shape.outputs * shape.inputs) {
    fail({
      code: "layer.size",
      where: "layer",
      message: "the weights are not as many as the layer has",
      expected: `${shape.outputs} × ${shape.inputs}`,
      got: String(weights.length),
    });
  }
  const mapping = mapTiles(shape, array);
  let sum = 0;
  weightHistogram(weights, table.weightBits).forEach((count, index) => {
    sum += count * table.energies[index]!;
  });
  const used = shape.steps * sum;
  const idle = (options.areIdleGated ?? true) ? 0 : shape.steps * mapping.idleElements * energyAt(table, 0);
  return { mapping, used, idle, total: used + idle, unit: table.unit };
}

/** Sum over layers and the share of each, ρ. */
export function networkEnergy(layers: readonly Pick<LayerEnergy, "total">[]): { total: number; shares: number[] } {
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  return { total, shares: layers.map((layer) => layer.total / total) };
}

/**
 * Mean power per tile in the table's unit times hertz: Σ Ē(w)·f over the elements of each tile, row tiles within column tiles.
 */
export function tilePowers(
  weights: IntegerMatrix,
  { outputs, inputs }: LayerShape,
  table: WeightTable,
  { rows, columns }: SystolicArray,
  clockHertz: number,
): Float64Array {
  const rowTiles = Math.ceil(inputs / rows);
  const powers = new Float64Array(rowTiles * Math.ceil(outputs / columns));
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const tile = Math.floor(output / columns) * rowTiles + Math.floor(input / rows);
      powers[tile]! += energyAt(table, weights[output * inputs + input]!) * clockHertz;
    }
  }
  return powers;
}
