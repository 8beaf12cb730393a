/**
 * @file Problem: a layer laid over an array, with all that does not depend on the order of the loops in time worked out
 * once: which memories each operand passes, how many instances each has, and how wide data fans out below it.
 */

import { type Addressing, addressingOf } from "./addressing.ts";
import { checkArchitecture, levelsOf, type NestArchitecture, type NestMemory } from "./architecture.ts";
import { checkLayer, type LayerOperand, macsOf, type NestLayer, type OperandName } from "./layer.ts";
import { type PortTable, portTable } from "./ports.ts";
import { fitUnrolling, type Unroll, type Unrolling, type Wanted } from "./unrolling.ts";

/**
 * The array under one operand. Stage 0 is the array itself, stage s ≥ 1 the s-th memory of the operand; unrolled loops
 * belong to the lowest stage above which an instance is shared along their dimension.
 */
export interface Spread {
  /** Per stage, the places of each loop at or below it. */
  readonly inside: readonly (readonly number[])[];
  /** Instances at each stage (multipliers at stage 0, then memories). */
  readonly instances: readonly number[];
  /** Different parts of the operand that one instance of the next stage feeds at once. */
  readonly fanout: readonly number[];
  /** Is a sum spread over places at this stage? (Of the output: an irrelevant loop.) */
  readonly isSummed: readonly boolean[];
}

export interface ProblemOperand extends Addressing {
  readonly operand: OperandName;
  readonly bits: number;
  readonly partialBits: number;
  readonly isOutput: boolean;
  /** Indices of `architecture.memories`, from the array outwards. */
  readonly memories: readonly number[];
  /** Mean shares of the array, for energy. */
  readonly exact: Spread;
  /** Whole places, for time. */
  readonly whole: Spread;
}

export interface Problem {
  readonly layer: NestLayer;
  readonly architecture: NestArchitecture;
  readonly unrolling: Unrolling;
  readonly macs: number;
  readonly multipliers: number;
  readonly operands: readonly ProblemOperand[];
  readonly ports: PortTable;
  /** Does the array divide every loop that is laid over it? Then mean shares are whole places. */
  readonly isEven: boolean;
}

/** @throws FemtoError `nest.layer`, `nest.architecture`, `nest.unrolling` */
export function problemOf(layer: NestLayer, architecture: NestArchitecture, wanted: Wanted): Problem {
  checkLayer(layer);
  checkArchitecture(architecture);
  const unrolling = fitUnrolling(layer, architecture, wanted);
  const operands = layer.operands.map((operand) => problemOperand(operand, layer, architecture, unrolling));
  return {
    layer,
    architecture,
    unrolling,
    macs: macsOf(layer),
    multipliers: architecture.array.dimensions.reduce((product, { size }) => product * size, 1),
    operands,
    ports: portTable(architecture, operands),
    isEven: unrolling.unrolls.every(({ exact, whole }) => exact === whole),
  };
}

function problemOperand(
  given: LayerOperand,
  layer: NestLayer,
  architecture: NestArchitecture,
  { unrolls }: Unrolling,
): ProblemOperand {
  const { operand, bits, partialBits = bits } = given;
  const addressing = addressingOf(layer, given);
  const memories = levelsOf(architecture, operand);
  const stages = memories.map((index) => architecture.memories[index]!);
  const spread = (share: "exact" | "whole") => spreadOf(addressing, stages, unrolls, share, layer.loops.length);
  return {
    ...addressing,
    operand,
    bits,
    partialBits,
    isOutput: operand === "output",
    memories,
    exact: spread("exact"),
    whole: spread("whole"),
  };
}

function spreadOf(
  { elements, isIrrelevant }: Addressing,
  memories: readonly NestMemory[],
  unrolls: readonly Unroll[],
  share: "exact" | "whole",
  loops: number,
): Spread {
  const stageOf = ({ dimension }: Unroll) => {
    const stage = memories.findIndex(({ sharedAlong }) => sharedAlong.includes(dimension));
    return stage < 0 ? memories.length : stage;
  };
  const product = (chosen: readonly Unroll[]) => chosen.reduce((total, unroll) => total * unroll[share], 1);
  const inside: number[][] = [];
  const instances: number[] = [];
  const isSummed: boolean[] = [];
  for (let stage = 0; stage <= memories.length; stage++) {
    const below = unrolls.filter((unroll) => stageOf(unroll) <= stage);
    inside.push(Array.from({ length: loops }, (_, loop) => product(below.filter((unroll) => unroll.loop === loop))));
    instances.push(roundHalfEven(product(unrolls.filter((unroll) => stageOf(unroll) >= stage))));
    isSummed.push(
      unrolls.some((unroll) => stageOf(unroll) === stage && isIrrelevant[unroll.loop]! && unroll[share] > 1),
    );
  }
  const touched = inside.map((sizes) => elements(sizes));
  const fanout = memories.map((_, stage) => roundHalfEven(touched[stage]! / (touched[stage - 1] ?? 1)));
  return { inside, instances, fanout, isSummed };
}

/** To the nearest whole number, ties to the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const isUp = value - below > 0.5 || (value - below === 0.5 && below % 2 === 1);
  return isUp ? below + 1 : below;
}
