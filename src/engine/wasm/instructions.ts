/** @file The instruction tables, encoded: by name the opcode's bytes and what its immediate operands are. */

import { Bytes } from "./bytes.ts";
import { scalarMemory, scalarPlain, scalarSaturating } from "./opcodes-scalar.ts";
import { simdLane, simdMemory, simdMemoryLane, simdPlain } from "./opcodes-simd.ts";

/** Instructions without immediate operands. */
export type PlainName = keyof typeof scalarPlain | keyof typeof scalarSaturating | keyof typeof simdPlain;
/** Loads and stores: an address from the stack plus a constant offset. */
export type MemoryName = keyof typeof scalarMemory | keyof typeof simdMemory;
/** Instructions on one lane of a vector. */
export type LaneName = keyof typeof simdLane;
/** Loads and stores of one lane. */
export type MemoryLaneName = keyof typeof simdMemoryLane;

export interface Instruction {
  readonly opcode: Uint8Array;
  /** Arguments and results, as the tables write them: `"vv:v"`. */
  readonly signature: string;
  /** Natural alignment as a power of two. */
  readonly alignment: number;
  /** Lanes to choose from; 0 where no lane is an operand. */
  readonly lanes: number;
}

function encode(prefix: number | undefined, opcode: number): Uint8Array {
  const bytes = new Bytes();
  if (prefix === undefined) bytes.byte(opcode);
  else {
    bytes.byte(prefix);
    bytes.unsigned(opcode);
  }
  return bytes.toArray();
}

type Row = readonly [opcode: number, signature: string, ...rest: number[]];

function instructions<Name extends string>(
  table: Readonly<Record<Name, Row>>,
  prefix: number | undefined,
  shape: (rest: readonly number[]) => { alignment?: number; lanes?: number },
): Record<Name, Instruction> {
  const entries = Object.entries<Row>(table).map(([name, [opcode, signature, ...rest]]) => {
    const instruction: Instruction = {
      opcode: encode(prefix, opcode),
      signature,
      alignment: 0,
      lanes: 0,
      ...shape(rest),
    };
    return [name, instruction];
  });
  return Object.fromEntries(entries);
}

const SATURATING = 0xfc;
const SIMD = 0xfd;

export const plainInstructions: Readonly<Record<PlainName, Instruction>> = {
  ...instructions(scalarPlain, undefined, () => ({})),
  ...instructions(scalarSaturating, SATURATING, () => ({})),
  ...instructions(simdPlain, SIMD, () => ({})),
};

export const memoryInstructions: Readonly<Record<MemoryName, Instruction>> = {
  ...instructions(scalarMemory, undefined, ([alignment]) => ({ alignment: alignment! })),
  ...instructions(simdMemory, SIMD, ([alignment]) => ({ alignment: alignment! })),
};

export const laneInstructions: Readonly<Record<LaneName, Instruction>> = instructions(simdLane, SIMD, ([lanes]) => ({
  lanes: lanes!,
}));

export const memoryLaneInstructions: Readonly<Record<MemoryLaneName, Instruction>> = instructions(
  simdMemoryLane,
  SIMD,
  ([alignment, lanes]) => ({ alignment: alignment!, lanes: lanes! }),
);
