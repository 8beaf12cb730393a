/**
 * @file The same energy as a function of real bit-widths, for training: per layer
 * E_i(q) = mac_i·q_w·q_a + weight_i·q_w + input_i·q_a + fixed_i, in the machine's unit at the stated prices.
 *
 * With quadratic scaling it equals the bill at whole widths. A machine with a set of widths is relaxed to the quadratic
 * through its members: exact at them, below the bill between them.
 */

import type { Machine } from "../machines/index.ts";
import { priceOf } from "../machines/index.ts";
import { integerPrice, quotedBits } from "./charge.ts";
import type { LayerCost } from "./counts.ts";
import { placeTrivially } from "./placement.ts";
import { type MappingOptions, unitFor } from "./schedule.ts";

export interface EnergyCoefficients {
  /** Names of the layers; the vectors below have one entry each. */
  readonly layers: readonly string[];
  /** Per product of one weight bit and one activation bit. */
  readonly mac: readonly number[];
  /** Per weight bit. */
  readonly weight: readonly number[];
  /** Per activation bit. */
  readonly input: readonly number[];
  /** What no bit-width changes. */
  readonly fixed: readonly number[];
  readonly unit: string;
  /** The machine has a set of widths, and this is its relaxation. */
  readonly isRelaxed: boolean;
}

/** @throws FemtoError `machine.price`, `machine.placement` */
export function energyCoefficients(
  layers: readonly LayerCost[],
  machine: Machine,
  { accumulate = false, placement }: MappingOptions = {},
): EnergyCoefficients {
  const multiplier = unitFor(machine, "multiply");
  const price = integerPrice(machine, multiplier, "multiply");
  const quoted = quotedBits(price.operand);
  const multiply = price.energy.mid;
  const add = accumulate ? integerPrice(machine, unitFor(machine, "add"), "add").energy.mid : 0;
  const homes = placeTrivially(machine, placement);
  const weightBit = priceOf(machine, homes.weights, "read").energy.mid;
  const inputBit = priceOf(machine, homes.activations, "read").energy.mid;
  const { kind } = multiplier.scaling;
  const perBit2 = kind === "quadratic" || kind === "set" ? multiply / quoted ** 2 : 0;
  const perBit = kind === "linear" ? multiply / (2 * quoted) : 0;
  const perMac = (kind === "none" ? multiply : 0) + add;
  return {
    layers: layers.map(({ name }) => name),
    mac: layers.map(({ macs }) => macs * perBit2),
    weight: layers.map(({ macs, nW }) => macs * perBit + nW * weightBit),
    input: layers.map(({ macs, nA }) => macs * perBit + nA * inputBit),
    fixed: layers.map(({ macs }) => macs * perMac),
    unit: machine.unit.label,
    isRelaxed: kind === "set",
  };
}

type Bits = ArrayLike<number>;

/** E(q), in the machine's unit. Vectors have one entry a layer. */
export function energyAt({ mac, weight, input, fixed }: EnergyCoefficients, weightBits: Bits, inputBits: Bits): number {
  let sum = 0;
  for (let i = 0; i < mac.length; i++) {
    const [qw, qa] = [weightBits[i]!, inputBits[i]!];
    sum += mac[i]! * qw * qa + weight[i]! * qw + input[i]! * qa + fixed[i]!;
  }
  return sum;
}

/** ∂E/∂q_w and ∂E/∂q_a of every layer; with shared bits their sum is the paper's eq. 20. */
export function energySlopes(
  { mac, weight, input }: EnergyCoefficients,
  weightBits: Bits,
  inputBits: Bits,
): { weight: number[]; input: number[] } {
  return {
    weight: mac.map((perBit2, i) => perBit2 * inputBits[i]! + weight[i]!),
    input: mac.map((perBit2, i) => perBit2 * weightBits[i]! + input[i]!),
  };
}

/** Ē(q) = E(q)/E(8, 8): dimensionless, so that its weight β means the same on every machine (sheet, gap 9). */
export function relativeEnergyAt(coefficients: EnergyCoefficients, weightBits: Bits, inputBits: Bits): number {
  const eight = coefficients.mac.map(() => 8);
  return energyAt(coefficients, weightBits, inputBits) / energyAt(coefficients, eight, eight);
}
