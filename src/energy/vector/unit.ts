/**
 * @file A core that multiplies with instructions: a microcontroller, a DSP, a SIMD unit. What a mapping needs to know of
 * it: its multiply-accumulate instructions by operand width, its loads and stores, and how many registers there are.
 */

import { fail } from "../../base/errors.ts";

/** Adds `lanes` products to one accumulator: a dot product along the reduction. */
export interface MacInstruction {
  readonly weightBits: number;
  readonly inputBits: number;
  readonly lanes: number;
  readonly cycles: number;
}

export interface MemoryInstruction {
  /** The widest word of one instruction. */
  readonly bits: number;
  readonly cycles: number;
}

export interface VectorUnit {
  readonly macs: readonly MacInstruction[];
  readonly load: MemoryInstruction;
  readonly store: MemoryInstruction;
  /** Registers for accumulators and operands; one of each kind is one register. */
  readonly registers: number;
  /** Cycles to widen one operand vector where it is stored in fewer bits than the instruction takes. By default 1. */
  readonly unpackCycles?: number;
  /** Cycles of counting and branching per step of the innermost loop. By default 0. */
  readonly loopCycles?: number;
}

/** The fastest instruction, per product, that takes operands of these widths. @throws FemtoError `energy.width` */
export function instructionFor(unit: VectorUnit, weightBits: number, inputBits: number): MacInstruction {
  const wideEnough = unit.macs.filter((mac) => mac.weightBits >= weightBits && mac.inputBits >= inputBits);
  const [first, ...others] = wideEnough;
  if (first === undefined) {
    return fail({
      code: "energy.width",
      where: "multiply-accumulate instructions",
      message: `none takes ${weightBits}-bit weights and ${inputBits}-bit inputs`,
      got: unit.macs.map((mac) => `${mac.weightBits} × ${mac.inputBits}`).join(", ") || "no instruction",
    });
  }
  return others.reduce((best, next) => (next.cycles / next.lanes < best.cycles / best.lanes ? next : best), first);
}
