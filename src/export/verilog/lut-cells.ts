/**
 * @file A combinational circuit mapped to lookup tables, as Yosys writes its cells, evaluated on many inputs at once: the
 * contents of every `LUT1` to `LUT6` are read from the netlist, 32 streams lie in a word.
 */

import { fail } from "../../base/errors.ts";
import { type YosysBit, yosysModule } from "../../circuits/netlist/yosys-json.ts";
import type { LutNetlist } from "../../engine/bits/netlist.ts";
import { contentsOf } from "./lut-tables.ts";

interface Cell {
  readonly type: string;
  /** The lowest address bit first. */
  readonly inputs: readonly YosysBit[];
  readonly output: YosysBit;
  /** Bit a is the output at address a. */
  readonly contents: bigint;
}

export interface LutCells {
  readonly input: readonly YosysBit[];
  readonly output: readonly YosysBit[];
  /** Each behind those that it reads. */
  readonly cells: readonly Cell[];
}

/**
 * Undefined where other cells stand among the lookup tables, such as the carries of comparators.
 * @throws FemtoError `netlist.*`
 */
export function readLutCells(
  json: string,
  top: string,
  ports: { readonly input: string; readonly output: string },
): LutCells | undefined {
  const [, module] = yosysModule(json, top);
  const waiting = new Map<YosysBit, Cell>();
  for (const { type, connections, parameters } of Object.values(module.cells)) {
    // Where a flattened module was: nothing that is there.
    if (type === "$scopeinfo") continue;
    const n = type === "INV" ? 1 : Number(/^LUT([1-6])$/.exec(type)?.[1]);
    if (!(n >= 1)) return undefined;
    const inputs = type === "INV" ? connections.I! : Array.from({ length: n }, (_, k) => connections[`I${k}`]![0]!);
    const contents = type === "INV" ? 1n : BigInt(`0b${parameters.INIT}`);
    const output = connections.O![0]!;
    waiting.set(output, { type, inputs, output, contents });
  }
  const cells: Cell[] = [];
  const open = new Set<YosysBit>();
  const visit = (bit: YosysBit): void => {
    const cell = waiting.get(bit);
    if (cell === undefined) return;
    if (open.has(bit))
      fail({ code: "netlist.loop", where: `${top} › net ${bit}`, message: "a signal depends on itself" });
    open.add(bit);
    for (const input of cell.inputs) visit(input);
    open.delete(bit);
    waiting.delete(bit);
    cells.push(cell);
  };
  for (const bit of [...waiting.keys()]) visit(bit);
  return { input: module.ports[ports.input]!.bits, output: module.ports[ports.output]!.bits, cells };
}

/**
 * How many tables of a network stand in the mapped netlist as they were: a lookup table of that name with the same contents
 * and, in the same order, the same inputs. Where all do, text and netlist differ in encoder and counters at most.
 */
export function unchangedTables(json: string, top: string, { bits, luts }: LutNetlist): number {
  const [, { cells, netnames }] = yosysModule(json, top);
  const place = top.endsWith("_core") ? "tables" : "core.tables";
  const code = netnames[`${place}.code_i`]?.bits ?? [];
  const first = bits.length + 1;
  const netOf = (signal: number) => (signal < first ? code[signal - 1] : netnames[`${place}.y${signal}`]?.bits[0]);
  return luts.filter((lut, index) => {
    const cell = cells[`${place}.table${first + index}`];
    return (
      cell?.type === `LUT${lut.inputs.length}` &&
      BigInt(`0b${cell.parameters.INIT}`) === contentsOf(lut) &&
      cell.connections.O?.[0] === netOf(first + index) &&
      lut.inputs.every((signal, k) => cell.connections[`I${k}`]?.[0] === netOf(signal))
    );
  }).length;
}

/** The number at the output for every stimulus. @param at the bits of a stimulus, one byte each, as the port has them */
export function runLutCells(
  { input, output, cells }: LutCells,
  count: number,
  at: (i: number) => Uint8Array,
): Uint8Array {
  const words = Math.ceil(count / 32);
  const values = new Map<YosysBit, Int32Array>([
    ["0", new Int32Array(words)],
    ["1", new Int32Array(words).fill(-1)],
  ]);
  const planes = input.map(() => new Int32Array(words));
  for (let i = 0; i < count; i++) {
    at(i).forEach((bit, b) => {
      planes[b]![i >> 5]! |= bit << (i & 31);
    });
  }
  for (const [b, bit] of input.entries()) values.set(bit, planes[b]!);
  for (const { inputs, output: to, contents } of cells) {
    const from = inputs.map((bit) => values.get(bit)!);
    const size = 2 ** inputs.length;
    const out = new Int32Array(words);
    const level = new Int32Array(size);
    const table = Int32Array.from({ length: size }, (_, a) => ((contents >> BigInt(a)) & 1n ? -1 : 0));
    for (let w = 0; w < words; w++) {
      level.set(table);
      // The first input chooses between neighbours.
      for (let k = 0, half = size / 2; k < inputs.length; k++, half /= 2) {
        const choice = from[k]![w]!;
        for (let a = 0; a < half; a++) level[a] = level[2 * a]! ^ (choice & (level[2 * a]! ^ level[2 * a + 1]!));
      }
      out[w] = level[0]!;
    }
    values.set(to, out);
  }
  return Uint8Array.from({ length: count }, (_, i) =>
    output.reduce<number>((sum, bit, b) => sum | (((values.get(bit)![i >> 5]! >>> (i & 31)) & 1) << b), 0),
  );
}
