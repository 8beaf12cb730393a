/**
 * @file The tables of a lookup-table network as a Verilog module, one constant for each table of the netlist. Pipelined,
 * every level of tables ends in registers, and what skips a level is delayed with it.
 */

import {
  bitConstant,
  type Clocking,
  concat,
  type Expression,
  type Module,
  ModuleBuilder,
  not,
  slice,
  unsigned,
} from "../../circuits/verilog/index.ts";
import { type LutNetlist, type LutNode, type SignalLiteral, signalOf } from "../../engine/bits/netlist.ts";

export interface TablesModule {
  readonly module: Module;
  /** Levels of tables: clock edges from `code_i` to the groups where it is pipelined. */
  readonly levels: number;
  /** Bits of every group, zeros that complete the shorter ones included. */
  readonly groupBits: number;
}

/** `code_i` to `group0_o`, `group1_o` …: what each class counts. */
export function tablesModule(netlist: LutNetlist, name: string, clocking: Clocking | undefined): TablesModule {
  const { bits, luts } = netlist;
  const m = new ModuleBuilder(name, clocking);
  const code = m.input("code_i", unsigned(bits.length));
  const levels = levelsOf(netlist);
  const signals: Expression[] = [bitConstant(0), ...bits.map((_, b) => slice(code, b, b))];
  const delayed = new Map<string, Expression>();

  /** The signal as it is after `level` levels of tables. */
  const at = (signal: number, level: number): Expression => {
    const own = levels[signal]!;
    if (clocking === undefined || signal === 0 || level <= own) return signals[signal]!;
    const key = `${signal}:${level}`;
    let result = delayed.get(key);
    if (result === undefined) {
      result = m.registered(`s${signal}_level${level}_q`, at(signal, level - 1));
      delayed.set(key, result);
    }
    return result;
  };

  for (const lut of luts) {
    const signal = signals.length;
    const level = levels[signal]!;
    const inputs = lut.inputs.map((input) => at(input, level - 1));
    const value = m.table(`y${signal}`, contentsOf(lut), inputs);
    signals.push(clocking === undefined ? value : m.registered(`y${signal}_q`, value));
  }
  const depth = Math.max(0, ...levels);
  const literal = (of: SignalLiteral): Expression =>
    signalOf(of) === 0
      ? bitConstant(of === 1 ? 1 : 0)
      : (of & 1) === 1
        ? not(at(signalOf(of), depth))
        : at(of >>> 1, depth);
  // A constant 0 counts nothing.
  const groups = netlist.groups.map((group) => group.filter((of) => of !== 0));
  const groupBits = Math.max(1, ...groups.map(({ length }) => length));
  groups.forEach((group, k) => {
    const zeros = Array.from({ length: groupBits - group.length }, () => bitConstant(0));
    m.output(`group${k}_o`, concat(...zeros, ...group.map(literal).reverse()));
  });
  return { module: m.finish(), levels: depth, groupBits };
}

/** Tables on the longest way from the code to a signal. */
function levelsOf({ bits, luts }: LutNetlist): number[] {
  const levels = [0, ...bits.map(() => 0)];
  for (const { inputs } of luts) levels.push(1 + Math.max(...inputs.map((input) => levels[input]!)));
  return levels;
}

/** Bit a is the output at address a. */
export function contentsOf({ inputs, table }: LutNode): bigint {
  const all = table.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asUintN(2 ** inputs.length, all);
}
