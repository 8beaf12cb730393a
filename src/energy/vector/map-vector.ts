/**
 * @file A product on a vector unit [reconstructed; the blocking of CMSIS-NN and of any register-blocked kernel]. A block
 * of results stays in registers while the reduction runs; each step loads one vector per row and column of the block:
 *
 *   loads per MAC = 1/columns (weights) + 1/channels (inputs), partial sums touch no memory.
 */

import { fail } from "../../base/errors.ts";
import { checkPositive, checkWhole } from "../check-sizes.ts";
import { checkGemm, type GemmShape, macsOf } from "../gemm.ts";
import { instructionFor, type MacInstruction, type VectorUnit } from "./unit.ts";

/** Results that are computed together: output channels × positions. */
export interface RegisterBlock {
  readonly channels: number;
  readonly positions: number;
}

export interface VectorRequest {
  readonly gemm: GemmShape;
  readonly unit: VectorUnit;
  /** Stored bits; packed in memory. */
  readonly bits: { readonly input: number; readonly weight: number; readonly output: number };
  /** By default the one with the fewest cycles. */
  readonly block?: RegisterBlock;
  /** Columns of a convolution are first copied side by side (im2col): one more read and write of each. */
  readonly copiesColumns?: boolean;
}

export interface VectorMapping {
  readonly macs: number;
  readonly instruction: MacInstruction;
  readonly block: RegisterBlock;
  /** Elements between memory and registers. */
  readonly memory: {
    readonly inputReads: number;
    readonly weightReads: number;
    readonly outputWrites: number;
    readonly columnReads: number;
    readonly columnWrites: number;
  };
  /** Elements read by instructions, and accumulators written: one of each per MAC. */
  readonly registers: { readonly operandReads: number; readonly accumulatorWrites: number };
  readonly instructions: {
    readonly mac: number;
    readonly load: number;
    readonly store: number;
    readonly unpack: number;
    /** Steps of the innermost loop. */
    readonly steps: number;
  };
  /** One instruction at a time; nothing overlaps. */
  readonly cycles: number;
  readonly cyclesPerMac: number;
  /** Loaded or stored elements per MAC. */
  readonly accessesPerMac: number;
  /** MACs / (multiply instructions × lanes): below 1 where the reduction does not fill the lanes. */
  readonly laneUtilisation: number;
}

/** @throws FemtoError `energy.range`, `energy.width`, `energy.capacity` for a block that registers cannot hold */
export function mapVector(request: VectorRequest): VectorMapping {
  const { gemm, unit, bits, block } = request;
  checkGemm(gemm);
  checkWhole(unit.registers, "registers");
  checkPositive(bits, "bits");
  checkPositive({ load: unit.load.bits, store: unit.store.bits }, "width");
  const instruction = instructionFor(unit, bits.weight, bits.input);
  if (block !== undefined) {
    checkWhole(block.channels, "block channels");
    checkWhole(block.positions, "block positions");
    checkRegisters(block, unit);
    return countBlock(request, instruction, block);
  }
  checkRegisters({ channels: 1, positions: 1 }, unit);
  let best: VectorMapping | undefined;
  for (let channels = 1; needs({ channels, positions: 1 }) <= unit.registers && channels <= gemm.M; channels++) {
    for (let positions = 1; needs({ channels, positions }) <= unit.registers && positions <= gemm.T; positions++) {
      const mapping = countBlock(request, instruction, { channels, positions });
      if (best === undefined || mapping.cycles < best.cycles) best = mapping;
    }
  }
  return best!;
}

/** Registers of a block: its accumulators, and a vector for each of its rows and columns. */
const needs = ({ channels, positions }: RegisterBlock): number => channels * positions + channels + positions;

function checkRegisters(block: RegisterBlock, { registers }: VectorUnit): void {
  if (needs(block) <= registers) return;
  fail({
    code: "energy.capacity",
    where: "registers",
    message: `cannot hold a block of ${block.channels} × ${block.positions} results`,
    expected: `at least ${needs(block)}`,
    got: `${registers}, ${needs(block) - registers} too few`,
  });
}

function countBlock(request: VectorRequest, instruction: MacInstruction, block: RegisterBlock): VectorMapping {
  const { gemm, unit, bits, copiesColumns = false } = request;
  const { K, M, T, groups } = gemm;
  const macs = macsOf(gemm);
  const steps = Math.ceil(K / instruction.lanes);
  const channelBlocks = Math.ceil(M / block.channels);
  const positionBlocks = Math.ceil(T / block.positions);
  // a row of weights is read once per block of positions, a column of inputs once per block of channels
  const weightRows = groups * M * positionBlocks;
  const inputRows = groups * T * channelBlocks;
  const wordsOf = (elementBits: number, width: number) => Math.ceil((K * elementBits) / width);
  const columns = copiesColumns ? groups * K * T : 0;
  const columnWords = (width: number) => (copiesColumns ? groups * T * wordsOf(bits.input, width) : 0);
  const outputs = groups * M * T;
  const instructions = {
    mac: outputs * steps,
    load:
      weightRows * wordsOf(bits.weight, unit.load.bits) +
      inputRows * wordsOf(bits.input, unit.load.bits) +
      columnWords(unit.load.bits),
    store: outputs * Math.ceil(bits.output / unit.store.bits) + columnWords(unit.store.bits),
    unpack:
      (bits.weight < instruction.weightBits ? weightRows * steps : 0) +
      (bits.input < instruction.inputBits ? inputRows * steps : 0),
    steps: groups * channelBlocks * positionBlocks * steps,
  };
  const cycles =
    instructions.mac * instruction.cycles +
    instructions.load * unit.load.cycles +
    instructions.store * unit.store.cycles +
    instructions.unpack * (unit.unpackCycles ?? 1) +
    instructions.steps * (unit.loopCycles ?? 0);
  const memory = {
    inputReads: inputRows * K,
    weightReads: weightRows * K,
    outputWrites: outputs,
    columnReads: columns,
    columnWrites: columns,
  };
  return {
    macs,
    instruction,
    block,
    memory,
    registers: { operandReads: 2 * macs, accumulatorWrites: macs },
    instructions,
    cycles,
    cyclesPerMac: cycles / macs,
    accessesPerMac: Object.values(memory).reduce((sum, accesses) => sum + accesses, 0) / macs,
    laneUtilisation: macs / (instructions.mac * instruction.lanes),
  };
}
