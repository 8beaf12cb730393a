/** @file Input vectors for a circuit: random ones, and every one there is. */

import { fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import type { Circuit } from "./circuit.ts";
import { rangeOf, type Signal, type Values, wrap } from "./verilog/index.ts";

/** What of a circuit a stimulus has to know. */
export type Stimulated = Pick<Circuit, "top" | "stimulus">;

/** The inputs that a stimulus chooses: all but clock and reset. */
export function freeInputs({ top }: Stimulated): Signal[] {
  const { clock, reset } = top.clocking ?? {};
  return top.ports.filter(({ role, name }) => role === "input" && name !== clock && name !== reset?.name);
}

/** `bits` random bits. */
export function randomBits(rng: Rng, bits: number): bigint {
  let value = 0n;
  for (let done = 0; done < bits; done += 32) value = (value << 32n) | BigInt(rng.uint32());
  return BigInt.asUintN(bits, value);
}

/**
 * Random values within the ranges of the inputs; one in eight is an extreme (least, most, 0, −1), where mistakes live.
 * A circuit with a reset is reset in the first cycle.
 */
export function randomVectors(circuit: Stimulated, count: number, seed: number): Values[] {
  const rng = new Rng(seed, "circuit stimulus");
  const inputs = freeInputs(circuit).map((port) => {
    const { least, most } = circuit.stimulus?.[port.name] ?? rangeOf(port);
    return { port, least, most, extremes: [least, most, 0n, -1n].filter((v) => v >= least && v <= most) };
  });
  return Array.from({ length: count }, (_, cycle) => {
    const values: Values = resetValue(circuit, cycle === 0);
    for (const { port, least, most, extremes } of inputs) {
      const isExtreme = rng.below(8) === 0;
      const span = most - least + 1n;
      values[port.name] = isExtreme
        ? extremes[rng.below(extremes.length)]!
        : least + (randomBits(rng, span.toString(2).length + 32) % span);
    }
    return values;
  });
}

/** The reset input at its active or passive level; nothing where there is none. */
export function resetValue({ top }: Stimulated, isActive: boolean): Values {
  const reset = top.clocking?.reset;
  return reset === undefined ? {} : { [reset.name]: isActive === (reset.active === "high") ? 1n : 0n };
}

/** More input bits than this are not counted through. */
export const EXHAUSTIVE_BITS = 20;

/** Every combination of input values, of circuits without registers. @throws FemtoError where there are too many */
export function* allVectors(circuit: Stimulated): Generator<Values> {
  const inputs = freeInputs(circuit);
  const bits = inputs.reduce((sum, { width }) => sum + width, 0);
  if (circuit.top.clocking !== undefined || bits > EXHAUSTIVE_BITS) {
    fail({
      code: "circuits.exhaustive",
      where: circuit.top.name,
      message:
        circuit.top.clocking === undefined ? "too many inputs to try all" : "a circuit with registers has no end",
      expected: `at most ${EXHAUSTIVE_BITS} input bits and no registers`,
      got: `${bits} input bits`,
      hint: "use random vectors, or the equivalence check of Yosys",
    });
  }
  for (let code = 0n; code < 1n << BigInt(bits); code++) {
    let rest = code;
    const values: Values = {};
    for (const port of inputs) {
      values[port.name] = wrap(rest, port);
      rest >>= BigInt(port.width);
    }
    yield values;
  }
}
