/**
 * @file The same energy as a function of real bit-widths, for training: per layer
 * E_i(q) = mac_i·q_w·q_a + weight_i·q_w + input_i·q_a + fixed_i, in the machine's unit at the stated prices.
 *
 * Any mapping gives its coefficients: the estimator itself is asked at four pairs of widths, through which exactly one
 * such form leads. Where the estimator is of this form (multipliers quadratic or linear in the widths, traffic linear in
 * them), the two are equal everywhere. Where it has steps (multipliers of fixed widths, tensors that just fit a buffer),
 * the form is a relaxation: equal at the four pairs, close between them, and `isRelaxed` says so.
 */

import type { Machine } from "../machines/index.ts";
import type { Mapping, MappingOptions } from "./mapping.ts";
import { findMapping } from "./mappings/index.ts";
import type { NodeCost } from "./node-cost.ts";
import { placeTrivially } from "./placement.ts";
import { rowOf } from "./row.ts";

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
  /** The estimator has steps, and this is its relaxation. */
  readonly isRelaxed: boolean;
}

/** The widths at which the estimator is asked, and those at which the form is tested. All exist in common hardware. */
const [LOW, HIGH] = [4, 8];
const tests = [
  [6, 6],
  [3, 8],
  [8, 3],
  [2, 2],
] as const;

/** @throws FemtoError `machine.price`, `machine.placement`, `energy.mapping`, `energy.width` */
export function energyCoefficients(
  layers: readonly NodeCost[],
  machine: Machine,
  options: MappingOptions = {},
): EnergyCoefficients {
  const mapping = mappingFor(machine, options);
  const placement = placeTrivially(machine, options.placement);
  const analogue: ReadonlySet<string> = new Set();
  const energyOf = (layer: NodeCost) => (weight: number, input: number) => {
    const widthsOf = () => ({ weight, input, output: input });
    const schedule = mapping.plan({ head: layer, tail: [] }, { machine, placement, options, analogue, widthsOf });
    return rowOf(schedule, machine, { widthsOf }).energy.mid;
  };
  const forms = layers.map((layer) => bilinear(energyOf(layer)));
  return {
    layers: layers.map(({ name }) => name),
    mac: forms.map(({ mac }) => mac),
    weight: forms.map(({ weight }) => weight),
    input: forms.map(({ input }) => input),
    fixed: forms.map(({ fixed }) => fixed),
    unit: machine.unit.label,
    isRelaxed: forms.some(({ isRelaxed }) => isRelaxed),
  };
}

/**
 * The mapping of a bill or of coefficients: the one asked for, or the machine's own. Machines that name none are priced
 * by EQAT's equations, which that method is defined by.
 * @throws FemtoError `energy.mapping`
 */
export const mappingFor = (machine: Machine, { mapping }: MappingOptions): Mapping =>
  findMapping(mapping ?? (machine.mapping.kind === "once" ? "eqat" : machine.mapping.kind));

function bilinear(energy: (weight: number, input: number) => number) {
  const [ll, hl, lh, hh] = [energy(LOW, LOW), energy(HIGH, LOW), energy(LOW, HIGH), energy(HIGH, HIGH)];
  const span = HIGH - LOW;
  const mac = (hh - hl - lh + ll) / span ** 2;
  const weight = (hl - ll) / span - mac * LOW;
  const input = (lh - ll) / span - mac * LOW;
  const fixed = ll - mac * LOW ** 2 - (weight + input) * LOW;
  // Differences of sums leave rounding behind; nothing costs less than nothing.
  const clean = (value: number) => (Math.abs(value) < 1e-12 * hh ? 0 : value);
  const isMet = ([w, a]: readonly [number, number]) =>
    Math.abs(mac * w * a + weight * w + input * a + fixed - energy(w, a)) <= 1e-9 * hh;
  return {
    mac: clean(mac),
    weight: clean(weight),
    input: clean(input),
    fixed: clean(fixed),
    isRelaxed: !tests.every(isMet),
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
