/**
 * @file NestMapping: the order of the loops in time, and how many of the inner ones each memory holds of each operand.
 * Operands may be cut at different places of the one order ("uneven" mappings: Mei et al., IEEE Trans. Computers 2021).
 */

import { fail } from "../../base/errors.ts";
import type { OperandName } from "./layer.ts";
import type { Problem, ProblemOperand } from "./problem.ts";

export interface TimeLoop {
  /** Name of the layer's loop. A loop may occur in several pieces. */
  readonly loop: string;
  readonly size: number;
}

export interface NestMapping {
  /** Innermost first. */
  readonly order: readonly TimeLoop[];
  /**
   * For each memory of an operand, from the array outwards: how many loops of the order run at or below it, over data
   * that it holds. Never falling; the last one is all of them.
   */
  readonly held: Readonly<Record<OperandName, readonly number[]>>;
}

/** A mapping with loops as indices of `layer.loops`, and what follows from the order alone. */
export interface Nest {
  readonly loops: readonly number[];
  readonly sizes: readonly number[];
  /** Steps of the k innermost loops together, for k = 0 … n. */
  readonly cycles: readonly number[];
  readonly operands: readonly NestOperand[];
}

export interface NestOperand {
  /** As `held`, where loops that touch no new element stay in the memory below: it goes on serving the same data. */
  readonly held: readonly number[];
}

/** @throws FemtoError `nest.mapping` */
export function checkMapping(
  { layer, unrolling, architecture, operands }: Problem,
  { order, held }: NestMapping,
): void {
  const where = `layer ${layer.name} on ${architecture.name}`;
  for (const [index, { name }] of layer.loops.entries()) {
    const done = order.reduce((product, { loop, size }) => (loop === name ? product * size : product), 1);
    if (done !== unrolling.steps[index]) {
      const expected = `${unrolling.steps[index]} steps`;
      fail({
        code: "nest.mapping",
        where,
        message: `loop ${name} has the wrong length in time`,
        expected,
        got: `${done}`,
      });
    }
  }
  const stranger = order.find(({ loop }) => layer.loops.every(({ name }) => name !== loop));
  if (stranger !== undefined) fail({ code: "nest.mapping", where, message: `the layer has no loop ${stranger.loop}` });
  for (const { operand, memories } of operands) {
    const cuts = held[operand] ?? [];
    const isRising = cuts.every((cut, level) => Number.isSafeInteger(cut) && cut >= (cuts[level - 1] ?? 0));
    if (cuts.length === memories.length && isRising && cuts.at(-1) === order.length) continue;
    fail({
      code: "nest.mapping",
      where,
      message: `the cuts of the ${operand} do not fit its memories`,
      expected: `${memories.length} rising numbers that end with ${order.length}`,
      got: cuts.join(", ") || "none",
    });
  }
}

/** The same for a mapping that is known to fit. */
export function nestOf({ layer, operands }: Problem, { order, held }: NestMapping): Nest {
  const loops = order.map(({ loop }) => layer.loops.findIndex(({ name }) => name === loop));
  const sizes = order.map(({ size }) => size);
  return nestFrom(operands, loops, sizes, (operand) => held[operand.operand]);
}

export function nestFrom(
  operands: readonly ProblemOperand[],
  loops: readonly number[],
  sizes: readonly number[],
  cutsOf: (operand: ProblemOperand, index: number) => readonly number[],
): Nest {
  const cycles = [1];
  for (const size of sizes) cycles.push(cycles.at(-1)! * size);
  return {
    loops,
    sizes,
    cycles,
    operands: operands.map((operand, index) => ({
      held: cutsOf(operand, index).map((cut) => {
        let end = cut;
        while (end < loops.length && operand.isIrrelevant[loops[end]!]!) end++;
        return end;
      }),
    })),
  };
}
