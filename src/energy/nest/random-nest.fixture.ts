/** @file Random layers on random architectures, with an order that fits: one for every seed. */

import { Rng } from "../../base/rng.ts";
import { type Move, moves, type NestArchitecture, type NestMemory, type NestPort } from "./architecture.ts";
import { type NestLayer, type OperandName, operandNames } from "./layer.ts";
import type { NestMapping } from "./mapping.ts";
import { piecesOf } from "./orderings.ts";
import { placeLoops } from "./place-loops.ts";
import { type Problem, problemOf } from "./problem.ts";
import type { Wanted } from "./unrolling.ts";

export interface RandomNest {
  layer: NestLayer;
  architecture: NestArchitecture;
  wanted: Wanted;
  problem: Problem;
  mapping: NestMapping;
}

type Draw = (bound: number) => number;
const pick = <T>(draw: Draw, list: readonly T[]): T => list[draw(list.length)]!;

export function randomNest(seed: number): RandomNest {
  const rng = new Rng(seed);
  const draw: Draw = (bound) => rng.below(bound);
  for (;;) {
    const layer = randomLayer(draw);
    const architecture = randomArchitecture(draw);
    const wanted = pick(draw, wishes);
    const problem = problemOf(layer, architecture, wanted);
    const mapping = randomMapping(problem, draw);
    if (mapping !== undefined) return { layer, architecture, wanted, problem, mapping };
  }
}

const sizes = [1, 2, 3, 4, 6, 7, 8, 12, 16, 20, 32];

/** A convolution with strides, dilation, groups, padding, and widths of its own. */
export function randomLayer(draw: Draw): NestLayer {
  const [B, G] = [1 + draw(2), pick(draw, [1, 1, 4])];
  const [K, OX, OY, C] = [0, 0, 0, 0].map(() => pick(draw, sizes)) as [number, number, number, number];
  const [FX, FY, stride] = [1 + draw(5), 1 + draw(5), 1 + draw(3)];
  const dilation = pick(draw, [1, 1, 2]);
  const isPadded = draw(2) === 1;
  const window = (position: string, tap: string, places: number, count: number) => ({
    steps: { [position]: stride, [tap]: dilation },
    extent: Math.max(1, (places - 1) * stride + (count - 1) * dilation + 1 - (isPadded ? Math.min(2, count - 1) : 0)),
  });
  const plain = (...names: string[]) => names.map((name) => ({ steps: { [name]: 1 } }));
  const bits = 1 + draw(16);
  return {
    name: "random",
    loops: Object.entries({ B, K, G, OX, OY, C, FX, FY }).map(([name, size]) => ({ name, size })),
    operands: [
      { operand: "output", bits, partialBits: bits + draw(17), axes: plain("B", "G", "K", "OY", "OX") },
      { operand: "weight", bits: 1 + draw(16), axes: plain("G", "K", "C", "FY", "FX") },
      {
        operand: "input",
        bits: 1 + draw(16),
        axes: [...plain("B", "G", "C"), window("OY", "FY", OY, FY), window("OX", "FX", OX, FX)],
      },
    ],
  };
}

const wishes: readonly Wanted[] = [
  { D1: { K: 8 }, D2: { C: 4 } },
  { D1: { OX: 8 }, D2: { K: 4 } },
  { D1: { C: 4, FX: 2 }, D2: { OY: 4 } },
  { D1: { K: 8 }, D2: { K: 4 } },
  {},
];

/** Registers and a buffer for some of the operands, and a memory for all of them that the array shares. */
export function randomArchitecture(draw: Draw): NestArchitecture {
  const memory = (index: number, operands: readonly OperandName[], least: number, isTop = false): NestMemory => {
    const leastBits = pick(draw, [1, 8, 64]);
    const width = { leastBits, mostBits: leastBits * pick(draw, [1, 2, 8]) };
    const price = 10 ** (draw(50) / 10 - 2);
    return {
      name: `memory${index}`,
      sizeBits: 2 ** (least + draw(11)),
      operands,
      sharedAlong: isTop ? ["D1", "D2"] : pick(draw, [[], ["D1"], ["D2"], ["D1", "D2"]]),
      ports:
        draw(2) === 1
          ? [{ name: "rw", ...width, serves: served(operands, moves) }]
          : [
              { name: "r", ...width, serves: served(operands, ["feed", "drain"]) },
              { name: "w", ...width, serves: served(operands, ["fill", "collect"]) },
            ],
      readEnergy: price,
      writeEnergy: price * 1.25,
    };
  };
  const registers = operandNames.filter(() => draw(2) === 1).map((operand) => [operand]);
  const buffer = operandNames.filter(() => draw(2) === 1);
  const inner = [...registers, ...(buffer.length > 0 ? [buffer] : [])];
  return {
    name: "random",
    array: {
      dimensions: [
        { name: "D1", size: 8 },
        { name: "D2", size: 4 },
      ],
      macEnergy: 0.1,
    },
    memories: [
      ...inner.map((operands, index) => memory(index, operands, operands.length === 1 ? 6 : 12)),
      memory(inner.length, operandNames, 40, true),
    ],
  };
}

const served = (operands: readonly OperandName[], kept: readonly Move[]): NestPort["serves"] =>
  operands.flatMap((operand) =>
    kept
      .filter((move) => operand === "output" || move === "fill" || move === "feed")
      .map((move) => ({ operand, move })),
  );

/** A mapping with an order by lot, if it fits. */
export function randomMapping(problem: Problem, draw: Draw, limit = 3 + draw(18)): NestMapping | undefined {
  const order = piecesOf(problem, limit);
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const placed = placeLoops(
    problem,
    order.map(({ loop }) => loop),
    order.map(({ size }) => size),
  );
  if (!("cuts" in placed)) return undefined;
  const held = { output: [] as readonly number[], weight: [] as readonly number[], input: [] as readonly number[] };
  for (const [i, { operand }] of problem.operands.entries()) held[operand] = placed.cuts[i]!;
  return { order: order.map(({ loop, size }) => ({ loop: problem.layer.loops[loop]!.name, size })), held };
}
