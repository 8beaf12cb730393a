/**
 * @file Energy of a layer as QTools bills it (`qtools/qenergy/qenergy.py` [source]): inputs, parameters and outputs are
 * moved once, operations cost their gates and an addition each. Picojoules.
 */

import { accumulatorOf, addEnergy, type Gate, gateEnergy, type QtoolsAdder } from "./gates.ts";
import { priceAt, type QtoolsPrices, qtoolsHorowitz } from "./prices.ts";

export interface QtoolsTensor {
  readonly elements: number;
  readonly bits: number;
}

export interface QtoolsLayer {
  readonly inputs: readonly QtoolsTensor[];
  /** Weights, bias, and the like, each on its own. */
  readonly parameters: readonly QtoolsTensor[];
  readonly output: QtoolsTensor;
  /** First or last layer of the network: its input or output goes over the chip's border. */
  readonly isInput: boolean;
  readonly isOutput: boolean;
  /** Absent for layers that only activate or move. */
  readonly operations?: QtoolsOperations;
}

export type QtoolsOperations =
  /** Products that are added up, `products` to a sum; the accumulator follows from the gate unless it is given. */
  | {
      readonly kind: "macs";
      readonly count: number;
      readonly gate: Gate;
      readonly products: number;
      readonly accumulator?: QtoolsAdder;
    }
  /** Sums, or products, of the inputs, element by element. */
  | { readonly kind: "merge"; readonly count: number; readonly gate: Gate | QtoolsAdder }
  /** Additions of a pool. */
  | { readonly kind: "pool"; readonly count: number; readonly accumulator: QtoolsAdder };

export interface QtoolsOptions {
  readonly weightsOn: "dram" | "sram" | "fixed";
  readonly activationsOn: "dram" | "sram" | "fixed";
  /** Memories are no smaller than this many bits. */
  readonly minSramBits: number;
  /** DRAM traffic passes through SRAM, and the network's inputs and outputs are in DRAM. */
  readonly readsAndWritesOnIo: boolean;
  readonly prices?: QtoolsPrices;
}

export interface QtoolsEnergy {
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: number;
  readonly operations: number;
}

export function qtoolsEnergy(layer: QtoolsLayer, options: QtoolsOptions): QtoolsEnergy {
  const { prices = qtoolsHorowitz, readsAndWritesOnIo, weightsOn, activationsOn } = options;
  const border = readsAndWritesOnIo ? "dram" : "sram";
  const move = (tensor: QtoolsTensor, place: QtoolsOptions["weightsOn"]) => transfer(tensor, place, options, prices);
  const sum = (tensors: readonly QtoolsTensor[], place: QtoolsOptions["weightsOn"]) =>
    tensors.reduce((total, tensor) => total + move(tensor, place), 0);
  return {
    inputs: sum(layer.inputs, layer.isInput ? border : activationsOn),
    outputs: move(layer.output, layer.isOutput ? border : activationsOn),
    parameters: sum(layer.parameters, weightsOn),
    operations: layer.operations === undefined ? 0 : operationsEnergy(layer.operations, layer.inputs.length, prices),
  };
}

/** A tensor that is read or written once. `fixed` parameters are wires and cost nothing. */
function transfer(
  { elements, bits }: QtoolsTensor,
  place: QtoolsOptions["weightsOn"],
  { minSramBits, readsAndWritesOnIo }: QtoolsOptions,
  prices: QtoolsPrices,
): number {
  if (place === "fixed") return 0;
  const total = elements * bits;
  const sram =
    Math.ceil(total * prices.sramUnitsPerBit) * priceAt(prices.sram, Math.log2(Math.max(total, minSramBits)));
  if (place === "sram") return sram;
  return priceAt(prices.dram, total) + (readsAndWritesOnIo ? sram : 0);
}

function operationsEnergy(operations: QtoolsOperations, inputs: number, prices: QtoolsPrices): number {
  const { kind, count } = operations;
  if (kind === "pool") return count * addEnergy(operations.accumulator, prices);
  const { gate } = operations;
  const each = "kind" in gate ? gateEnergy(gate, prices) : addEnergy(gate, prices);
  if (kind === "merge") return (inputs - 1) * count * each;
  const { products, accumulator = accumulatorOf(operations.gate, products) } = operations;
  return count * (each + addEnergy(accumulator, prices));
}
