/** @file Reads one price: its unit against the component's class, its range, table and scaling to the node. */

import { FemtoError, fail } from "../base/errors.ts";
import type { LocatedYaml, Path } from "./located-yaml.ts";
import type { EnergyUnit } from "./machine.ts";
import { type Recipe, recipeA, recipeASram, recipeB } from "./node-scaling.ts";
import type { Citation, Price, Scaled } from "./price.ts";
import { type Range, scaled as times } from "./range.ts";
import type { ComponentFile, MachineFile, PriceFile, units } from "./schema.ts";

export interface Context {
  readonly origin: string;
  readonly yaml: LocatedYaml;
  readonly file: MachineFile;
  readonly unit: EnergyUnit;
}

/** Actions of a whole instruction, synapse or neuron: no single operand decides their price. */
const operandless = new Set(["issue", "synapse", "update"]);

/** What the price of an action of each class is paid for. */
const paidFor: Readonly<Record<ComponentFile["class"], "operation" | "bit">> = {
  arithmetic: "operation",
  registers: "bit",
  sram: "bit",
  dram: "bit",
  flash: "bit",
  network: "bit",
  converter: "operation",
  lookup: "operation",
  cell: "operation",
};

/** @throws FemtoError `machine.price`, `machine.source`, `machine.scaling` */
export function readPrice(component: ComponentFile, file: PriceFile, path: Path, context: Context): Price {
  const line = context.yaml.lineOf([...path, file.table === undefined ? "value" : "table"]);
  const where = `${context.origin}:${line} › ${component.name} › ${file.verb}`;
  checkUnit(file, where, context.unit);
  checkTarget(component, file, where);
  const inheritsNode = component.class !== "dram";
  const { technology } = context.file;
  const nodeNm = file.node_nm ?? (inheritsNode ? technology.node_nm : undefined);
  const isScaled = file.scale !== undefined;
  const perBit = paidFor[component.class] === "bit" && file.per !== "event";
  const factor = perBase(file.unit) / (perBit ? (file.bits ?? 1) : 1);
  const quoted = times(quotedRange(file), factor);
  const scaling = isScaled ? scalingOf(component, file, nodeNm, where) : undefined;
  const against = file.scale?.against;
  const other = against && factorOf(against.recipe, component, file, nodeNm, where);
  const rangeSource = file.range?.source ?? against?.source;
  const rangePath = file.range === undefined ? ["scale", "against", "source"] : ["range", "source"];
  return {
    id: [component.name, file.verb, ...(file.operand === undefined ? [] : [file.operand])].join("."),
    component: component.name,
    verb: file.verb,
    operand: file.operand,
    energy: scaling === undefined ? quoted : widen(quoted, scaling.factor, other ?? scaling.factor),
    per: perBit ? "bit" : file.per === "event" ? "event" : "operation",
    accessBits: file.bits,
    stated: statedOf(file) + scaledText(scaling),
    nodeNm,
    voltage: file.voltage ?? (inheritsNode && !isScaled ? technology.voltage : undefined),
    scaled: scaling,
    table: file.table && { ...file.table, weights: file.table.weights.map((entry) => entry * factor) },
    source: cite(file.source, [...path, "source"], context),
    rangeSource: rangeSource === undefined ? undefined : cite(rangeSource, [...path, ...rangePath], context),
    note: file.note,
    line,
  };
}

function quotedRange({ value, range, table }: PriceFile): Range {
  if (table !== undefined) {
    const { weights } = table;
    const mid = weights.reduce((sum, entry) => sum + entry, 0) / weights.length;
    return { lo: range?.low ?? Math.min(...weights), mid, hi: range?.high ?? Math.max(...weights) };
  }
  return { lo: range?.low ?? value!, mid: value!, hi: range?.high ?? value! };
}

/** The range at the new node holds the figures of both recipes. */
const widen = ({ lo, mid, hi }: Range, factor: number, other: number): Range => ({
  lo: lo * Math.min(factor, other),
  mid: mid * factor,
  hi: hi * Math.max(factor, other),
});

function checkUnit({ unit }: PriceFile, where: string, energy: EnergyUnit): void {
  const isRelative = unit.startsWith("relative");
  if (isRelative === (energy.kind === "relative")) return;
  fail({
    code: "machine.price",
    where,
    message: "the unit of the price is not that of the machine",
    expected: isRelative ? "pJ or another unit of energy" : "relative or relative/bit",
    got: unit,
    hint: "figures in joules and published ratios cannot be added",
  });
}

/** Per operation of an operand, per bit, or per event: as the class has it. */
function checkTarget(component: ComponentFile, file: PriceFile, where: string): void {
  const isArithmetic = component.class === "arithmetic";
  const wantsOperand = isArithmetic && !operandless.has(file.verb);
  const isPerBit = file.unit.endsWith("/bit");
  const complain = (message: string, expected: string, got?: string) =>
    fail({ code: "machine.price", where, message, expected, ...(got !== undefined && { got }) });
  if (isArithmetic && ((wantsOperand && file.operand === undefined) || isPerBit || file.bits !== undefined)) {
    complain("arithmetic is priced per operation of a stated operand", "operand: int8 and a unit without /bit");
  }
  if (!isArithmetic && file.operand !== undefined) complain("data has no operand format", "a price without operand");
  if (!isArithmetic && file.table !== undefined) {
    complain("only arithmetic depends on the value of a weight", "a value instead of a table");
  }
  if (file.per !== undefined && component.class !== "network") {
    complain("only a network is priced per event", "a price without per");
  }
  if (file.per === "event" && isPerBit) {
    complain("an event is priced as a whole", "a unit without /bit; bits says how many an event has", file.unit);
  }
  if (paidFor[component.class] === "bit" && file.per === undefined && isPerBit === (file.bits !== undefined)) {
    complain(
      "the price does not say how many bits it pays for",
      "bits: 64 with a unit per access, or a unit per bit without bits",
      `${file.unit}${file.bits === undefined ? "" : ` and bits: ${file.bits}`}`,
    );
  }
  if (paidFor[component.class] === "operation" && !isArithmetic && (isPerBit || file.bits !== undefined)) {
    complain(`a ${component.class} is priced per operation`, "a unit without /bit and no bits");
  }
}

function scalingOf(component: ComponentFile, file: PriceFile, nodeNm: number | undefined, where: string): Scaled {
  const { recipe, from_nm: fromNm, row } = file.scale!;
  const factor = factorOf(recipe, component, file, nodeNm, where);
  return { recipe, fromNm, toNm: nodeNm!, factor, row: recipe === "A" ? row : undefined };
}

function factorOf(
  recipe: Recipe,
  component: ComponentFile,
  { scale }: PriceFile,
  nodeNm: number | undefined,
  where: string,
): number {
  const { from_nm: fromNm, row } = scale!;
  if (nodeNm === undefined) {
    return fail({
      code: "machine.scaling",
      where,
      message: "the price says from which node it is scaled, but not to which",
      expected: "node_nm, or no scale: DRAM does not follow the logic's node",
    });
  }
  try {
    if (recipe === "B") return recipeB(fromNm, nodeNm);
    if (row !== "sram") return recipeA(row!, fromNm, nodeNm);
    if (component.class === "sram" && component.size !== undefined) {
      return recipeASram(bytesOf(component.size) * 8, fromNm, nodeNm);
    }
    return fail({
      code: "machine.scaling",
      where,
      message: "row sram takes its slope from the size of the memory",
      expected: "a component of class sram with a size",
    });
  } catch (error) {
    throw error instanceof FemtoError && error.where === undefined ? error.within(where) : error;
  }
}

const statedOf = ({ value, table, unit, bits, per }: PriceFile): string =>
  table !== undefined
    ? `table of ${table.weights.length} weight values in ${unit} (netlist ${table.netlist}; ${table.stimulus})`
    : `${value} ${unit}${per === "event" ? ` per event${bits === undefined ? "" : ` of ${bits} bits`}` : bits === undefined ? "" : ` for ${bits} bits`}`;

const scaledText = (scaling: Scaled | undefined): string =>
  scaling === undefined
    ? ""
    : ` at ${scaling.fromNm} nm × ${scaling.factor.toPrecision(4)} (recipe ${scaling.recipe}${scaling.row === undefined ? "" : `, ${scaling.row}`})`;

export function cite(key: string, path: Path, { file, yaml, origin }: Context): Citation {
  const text = Object.hasOwn(file.sources, key) ? file.sources[key] : undefined;
  if (text !== undefined) return { key, text };
  return fail({
    code: "machine.source",
    where: `${origin}:${yaml.lineOf(path)} › ${path.join(".")}`,
    message: `source "${key}" is not listed under sources`,
    expected: Object.keys(file.sources).join(", ") || "a citation under sources",
  });
}

const perBase = (unit: (typeof units)[number]): number =>
  unit.startsWith("fJ") ? 1e-3 : unit.startsWith("nJ") ? 1e3 : 1;

/** `8 KB` → 8192. */
export function bytesOf(size: number | string): number {
  if (typeof size === "number") return size;
  const [, amount, unit] = /^([\d.]+) ?(\w+)$/.exec(size)!;
  return Number(amount) * { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit as "B" | "KB" | "MB" | "GB"];
}
