/** @file ZigZag's descriptions as plain data of the nest: hardware, spatial mappings, and the layers of a stored run. */

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Move, NestArchitecture, NestMemory } from "./architecture.ts";
import type { Axis, LayerOperand, NestLayer, OperandName } from "./layer.ts";
import type { NestMapping } from "./mapping.ts";
import type { OrderRule } from "./orderings.ts";
import type { Wanted } from "./unrolling.ts";

export const goldenFile = (path: string): string =>
  readFileSync(new URL(`../../../golden/zigzag/${path}`, import.meta.url), "utf8");

const moveOf: Record<string, Move> = { fh: "fill", tl: "feed", fl: "collect", th: "drain" };
const memoryOperand: Record<string, OperandName> = { I1: "input", I2: "weight", O: "output" };
const layerOperand: Record<string, OperandName> = { I: "input", W: "weight", O: "output" };

interface HardwareFile {
  name: string;
  memories: Record<
    string,
    {
      size: number;
      r_cost: number;
      w_cost: number;
      operands: string[];
      ports: { name: string; bandwidth_min: number; bandwidth_max: number; allocation: string[] }[];
      served_dimensions: string[];
    }
  >;
  operational_array: { unit_energy: number; dimensions: string[]; sizes: number[] };
}

/** A hardware file, operands linked as in all mappings here: O to O, W to I2, I to I1. */
export function readHardware(text: string): NestArchitecture {
  const { name, memories, operational_array: array } = parse(text, { uniqueKeys: false }) as HardwareFile;
  return {
    name,
    array: {
      dimensions: array.dimensions.map((dimension, i) => ({ name: dimension, size: array.sizes[i]! })),
      macEnergy: array.unit_energy,
    },
    memories: Object.entries(memories).map(
      ([memory, given]): NestMemory => ({
        name: memory,
        sizeBits: given.size,
        operands: given.operands.map((operand) => memoryOperand[operand]!),
        sharedAlong: given.served_dimensions,
        ports: given.ports.map((port) => ({
          name: port.name,
          leastBits: port.bandwidth_min,
          mostBits: port.bandwidth_max,
          serves: port.allocation.map((entry) => {
            const [operand, move] = entry.split(", ") as [string, string];
            return { operand: memoryOperand[operand]!, move: moveOf[move]! };
          }),
        })),
        readEnergy: given.r_cost,
        writeEnergy: given.w_cost,
      }),
    ),
  };
}

interface MappingFile {
  name: string;
  spatial_mapping: Record<string, string[]>;
  temporal_ordering?: [string, number | "*"][];
}

/** Array dimension → places per loop, of `["K, 32"]`. */
const wantedOf = (spatial: Record<string, string[]>): Wanted =>
  Object.fromEntries(
    Object.entries(spatial).map(([dimension, loops]) => [
      dimension,
      Object.fromEntries(
        loops.map((loop) => {
          const [name, count] = loop.split(",") as [string, string];
          return [name.trim(), Number(count)];
        }),
      ),
    ]),
  );

/** The order that the default entry of a mapping file demands, if any. */
export function orderRuleOf(text: string): OrderRule {
  const order = (parse(text) as MappingFile[]).find(({ name }) => name === "default")!.temporal_ordering ?? [];
  return { inner: order.map(([loop, size]) => (size === "*" ? { loop } : { loop, size })), outer: [] };
}

/** The unrolling that a mapping file wishes for an operator. */
export function readWanted(text: string, operator: string): Wanted {
  const entries = parse(text) as MappingFile[];
  const entry = entries.find(({ name }) => name === operator) ?? entries.find(({ name }) => name === "default")!;
  return wantedOf(entry.spatial_mapping);
}

type Levels = [string, number][][];

/** One layer of a run of ZigZag, as golden/zigzag stores it. */
export interface GoldenLayer {
  name: string;
  equation: string;
  loops: Record<string, number>;
  relations: string[];
  inputDims: Record<string, number>;
  bits: Record<string, number>;
  temporal: Record<string, Levels>;
  accesses: Record<string, Record<string, number>[]>;
  levelEnergy: Record<string, number[]>;
  macEnergy: number;
  energy: number;
  idealCycles: number;
  temporalCycles: number;
  stall: number;
  onload: number;
  offload: number;
  cycles: number;
}

export interface GoldenRun {
  workload: string;
  hardware: string;
  mapping: string;
  pieces: number;
  objective: "latency" | "energy";
  energy: number;
  cycles: number;
  layers: GoldenLayer[];
}

/** One order of loops that ZigZag placed and evaluated. */
interface GoldenOrder {
  chip: string;
  order: [string, number][];
  /** Do the memories hold it? */
  fits: boolean;
  layer: GoldenLayer;
  wanted: Wanted;
}

export const goldenOrders = (): GoldenOrder[] =>
  (JSON.parse(goldenFile("orders.json")) as (GoldenOrder & { spatial: Record<string, string[]> })[]).map((entry) => ({
    ...entry,
    wanted: wantedOf(entry.spatial),
  }));

export const goldenRun = (name: string): GoldenRun => JSON.parse(goldenFile(`${name}.json`)) as GoldenRun;

/** `O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]` with `ix=1*ox+1*fx`. */
export function layerOf({ name, equation, loops, relations, inputDims, bits }: GoldenLayer): NestLayer {
  const windows = new Map(
    relations.map((relation) => {
      const [, axis, a, first, b, second] = /^(\w+) = (\d+)\*(\w+) \+ (\d+)\*(\w+)$/.exec(relation)!;
      return [axis!, { [first!]: Number(a), [second!]: Number(b) }];
    }),
  );
  const operands = [...equation.matchAll(/([A-Z])((?:\[\w+\])+)/g)].map(([, operand, indices]): LayerOperand => {
    const axes = [...indices!.matchAll(/\w+/g)].map(([index]): Axis => {
      const loop = index!.toUpperCase();
      const window = windows.get(loop);
      return window === undefined ? { steps: { [loop]: 1 } } : { steps: window, extent: inputDims[loop]! };
    });
    const common = { operand: layerOperand[operand!]!, axes };
    return operand === "O"
      ? { ...common, bits: bits.O_final!, partialBits: bits.O! }
      : { ...common, bits: bits[operand!]! };
  });
  return { name, loops: Object.entries(loops).map(([loop, size]) => ({ name: loop, size })), operands };
}

export function mappingOf({ temporal }: GoldenLayer): NestMapping {
  const held = { output: [] as number[], weight: [] as number[], input: [] as number[] };
  for (const [operand, levels] of Object.entries(temporal)) {
    let count = 0;
    for (const level of levels) {
      count += level.length;
      held[layerOperand[operand]!].push(count);
    }
  }
  return { order: temporal.O!.flat().map(([loop, size]) => ({ loop, size })), held };
}
