/**
 * @file A machine whose multiply-accumulate is priced by a table of energies by weight value: another machine's file with that price
 * put in, and with the clock of the array's registers as power by the second. Comments and everything else stay as they are.
 */

import { isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { fail } from "../base/errors.ts";
import type { Machine } from "./machine.ts";

export interface MacTable {
  /** The new machine's name and title. */
  readonly name: string;
  readonly title: string;
  /** Entry i in femtojoules belongs to the weight i − n/2. */
  readonly weightsFj: readonly number[];
  /** Name and hash of the netlist that was simulated. */
  readonly netlist: string;
  /** What passed through it. */
  readonly stimulus: string;
  readonly nodeNm: number;
  /** What turned toggles into energy, and how far it may be off: 0.2 is ± 20 %. */
  readonly source: string;
  readonly spread: number;
  readonly spreadSource: string;
  readonly array: { readonly rows: number; readonly columns: number };
  /** Clock pins of one element's flip-flops, ungated, in one cycle. */
  readonly clockPj: number;
  readonly flipFlops: number;
}

/** Digits that survive: more than the constant behind them has. */
const short = (value: number): number => Number(value.toPrecision(6));

/**
 * The file with a component `mac` in front, in place of every `mac` of integers. A `multiply` stays, for element-wise products: those
 * with weights are paid as `mac` where a machine has it.
 * @throws FemtoError `machine.mac-table` for machines in ratios, with another array, or without a clock
 */
export function withMacTable(machine: Machine, table: MacTable): string {
  const { unit, mapping, clockMhz, origin, text, technology } = machine;
  const refuse = (message: string, expected: string, got: string): never =>
    fail({ code: "machine.mac-table", where: origin, message, expected, got });
  if (unit.kind === "relative") refuse("the table is in joules", "a machine in pJ", `multiples of ${unit.label}`);
  if (mapping.kind !== "systolic") refuse("the table is that of a systolic array", "mapping: systolic", mapping.kind);
  else if (mapping.rows !== table.array.rows || mapping.cols !== table.array.columns) {
    const [expected, got] = [`${table.array.rows} × ${table.array.columns}`, `${mapping.rows} × ${mapping.cols}`];
    refuse("the machine has another array than the one that was characterised", expected, got);
  }
  if (technology.nodeNm !== table.nodeNm) {
    refuse("the table is of another node", `${table.nodeNm} nm`, `${technology.nodeNm} nm`);
  }
  if (clockMhz === undefined) return refuse("the clock of the registers needs a frequency", "clock_mhz", "none");
  const document = parseDocument(text);
  document.set("name", table.name);
  document.set("title", table.title);
  const sources = document.get("sources") as YAMLMap;
  const keys = { table: freeKey(sources, "mac_table"), spread: freeKey(sources, "mac_spread") };
  sources.set(keys.table, `${table.netlist}, gate-level simulation; ${table.source}`);
  sources.set(keys.spread, table.spreadSource);
  const list = document.get("components");
  if (!isSeq(list)) return refuse("has no list of components", "components", "none");
  list.items = list.items.filter((component) => !isMap(component) || !isEmptied(component));
  const component = document.createNode(macComponent(table, keys, clockMhz)) as YAMLMap;
  const weights = component.getIn(["prices", 0, "table", "weights"]);
  if (isSeq(weights)) weights.flow = true;
  list.items.unshift(component);
  return document.toString({ lineWidth: 0 });
}

/** Takes the prices for `mac` of integers out. @returns whether the unit has nothing left to do */
function isEmptied(component: YAMLMap): boolean {
  const prices = component.get("prices");
  if (component.get("class") !== "arithmetic" || !isSeq(prices) || prices.items.length === 0) return false;
  prices.items = prices.items.filter((price) => {
    if (!isMap(price)) return true;
    return !(price.get("verb") === "mac" && String(price.get("operand")).includes("int"));
  });
  return prices.items.length === 0;
}

function macComponent(table: MacTable, keys: { table: string; spread: string }, clockMhz: number): object {
  const { weightsFj, netlist, stimulus, array, spread, clockPj, flipFlops } = table;
  const mean = weightsFj.reduce((sum, energy) => sum + energy, 0) / weightsFj.length;
  // Picojoules a cycle times a million cycles a second are microwatts.
  const clockMilliwatts = (clockPj * clockMhz) / 1000;
  return {
    name: "mac",
    class: "arithmetic",
    mac_scaling: "none",
    count: array.rows * array.columns,
    static: {
      leakage_mw: short(clockMilliwatts),
      range: {
        low: short(clockMilliwatts * (1 - spread)),
        high: short(clockMilliwatts * (1 + spread)),
        source: keys.spread,
      },
      source: keys.table,
      note: `no leakage: clock pins of ${flipFlops} flip-flops (weight, activation, partial sum), ungated, while the array runs`,
    },
    prices: [
      {
        verb: "mac",
        operand: "int8",
        unit: "fJ",
        table: { weights: weightsFj.map(short), netlist, stimulus },
        range: { low: short(mean * (1 - spread)), high: short(mean * (1 + spread)), source: keys.spread },
        source: keys.table,
      },
    ],
  };
}

function freeKey(sources: YAMLMap, name: string): string {
  let key = name;
  for (let i = 2; sources.has(key); i++) key = `${name}${i}`;
  return key;
}
