/** @file Reads a machine file: YAML text → checked data → Machine, with the line of the trouble where there is one. */

import { fail } from "../base/errors.ts";
import { type LocatedYaml, type Path, readYaml } from "./located-yaml.ts";
import type { Citation, Component, EnergyUnit, Machine, MacScaling, Price } from "./machine.ts";
import type { Range } from "./range.ts";
import { type ComponentFile, type MachineFile, machineSchema, type PriceFile, type units } from "./schema.ts";
import { refuseSchema } from "./schema-error.ts";

interface Context {
  readonly origin: string;
  readonly yaml: LocatedYaml;
  readonly file: MachineFile;
  readonly unit: EnergyUnit;
}

/**
 * Reads the YAML text of a machine. `origin` (a file name) stands in front of the line in errors.
 * @throws FemtoError `yaml.*`, `machine.schema`, `machine.price`, `machine.source`, `machine.duplicate`
 */
export function readMachine(text: string, origin: string): Machine {
  const yaml = readYaml(text, origin);
  const parsed = machineSchema.safeParse(yaml.value);
  if (!parsed.success) refuseSchema(parsed.error.issues, yaml, origin);
  const file = parsed.data;
  const unit: EnergyUnit =
    file.energy === "pJ" ? { kind: "picojoules", label: "pJ" } : { kind: "relative", label: file.energy.relative_to };
  const context: Context = { origin, yaml, file, unit };
  const components = file.components.map((component, i) => readComponent(component, ["components", i], context));
  refuseTwins(components, "component", context);
  return {
    name: file.name,
    title: file.title,
    unit,
    technology: { nodeNm: file.technology.node_nm, voltage: file.technology.voltage },
    components,
    origin,
    text,
  };
}

function readComponent(file: ComponentFile, path: Path, context: Context): Component {
  const prices = file.prices.map((price, i) => readPrice(file, price, [...path, "prices", i], context));
  const common = { name: file.name, prices, line: context.yaml.lineOf([...path, "name"]) };
  refuseTwins(
    prices.map(({ id, line }) => ({ name: id, line })),
    "price",
    context,
  );
  if (file.class === "network") return { class: "network", ...common };
  if (file.class === "arithmetic") {
    refuseSecondWidth(prices, context);
    return { class: "arithmetic", ...common, scaling: scalingOf(file.mac_scaling) };
  }
  return {
    class: file.class,
    ...common,
    sizeBytes: file.size === undefined ? undefined : bytesOf(file.size),
    dram: file.class === "dram" ? file.type : undefined,
    holds: file.holds,
  };
}

function readPrice(component: ComponentFile, file: PriceFile, path: Path, context: Context): Price {
  const line = context.yaml.lineOf([...path, "value"]);
  const where = `${context.origin}:${line} › ${component.name} › ${file.verb}`;
  const isRelative = file.unit.startsWith("relative");
  if (isRelative !== (context.unit.kind === "relative")) {
    fail({
      code: "machine.price",
      where,
      message: "the unit of the price is not that of the machine",
      expected: isRelative ? "pJ or another unit of energy" : "relative or relative/bit",
      got: file.unit,
      hint: "figures in joules and published ratios cannot be added",
    });
  }
  const isArithmetic = component.class === "arithmetic";
  if (isArithmetic !== (file.operand !== undefined) || (isArithmetic && (file.unit.endsWith("/bit") || file.bits))) {
    fail({
      code: "machine.price",
      where,
      message: isArithmetic ? "arithmetic is priced per operation of a stated operand" : "data has no operand format",
      expected: isArithmetic ? "operand: int8 and a unit without /bit" : "a price without operand",
    });
  }
  const isPerBit = !isArithmetic;
  if (isPerBit && file.unit.endsWith("/bit") === (file.bits !== undefined)) {
    fail({
      code: "machine.price",
      where,
      message: "the price does not say how many bits it pays for",
      expected: "bits: 64 with a unit per access, or a unit per bit without bits",
      got: `${file.unit}${file.bits === undefined ? "" : ` and bits: ${file.bits}`}`,
    });
  }
  const factor = perBase(file.unit) / (file.bits ?? 1);
  const times = (value: number) => value * factor;
  const { value, range } = file;
  const energy: Range = { lo: times(range?.low ?? value), mid: times(value), hi: times(range?.high ?? value) };
  const { node_nm: ownNode, voltage: ownVoltage } = file;
  return {
    id: [component.name, file.verb, ...(file.operand === undefined ? [] : [file.operand])].join("."),
    component: component.name,
    verb: file.verb,
    operand: file.operand,
    energy,
    per: isPerBit ? "bit" : "operation",
    stated: `${value} ${file.unit}${file.bits === undefined ? "" : ` for ${file.bits} bits`}`,
    nodeNm: ownNode ?? (component.class === "dram" ? undefined : context.file.technology.node_nm),
    voltage: ownVoltage ?? (component.class === "dram" ? undefined : context.file.technology.voltage),
    source: cite(file.source, [...path, "source"], context),
    rangeSource: range && cite(range.source, [...path, "range", "source"], context),
    note: file.note,
    line,
  };
}

function cite(key: string, path: Path, { file, yaml, origin }: Context): Citation {
  const text = file.sources[key];
  if (text !== undefined) return { key, text };
  return fail({
    code: "machine.source",
    where: `${origin}:${yaml.lineOf(path)} › ${path.join(".")}`,
    message: `source "${key}" is not listed under sources`,
    expected: Object.keys(file.sources).join(", ") || "a citation under sources",
  });
}

/** The price of other widths follows from one quoted width; a second one would contradict it. */
function refuseSecondWidth(prices: readonly Price[], { origin }: Context): void {
  const seen = new Map<string, Price>();
  for (const price of prices) {
    if (price.operand?.includes("float") !== false) continue;
    const other = seen.get(price.verb);
    if (other !== undefined) {
      fail({
        code: "machine.duplicate",
        where: `${origin}:${price.line} › ${price.id}`,
        message: "a component has one integer price for an action; other widths follow by mac_scaling",
        got: `${other.id} on line ${other.line} and ${price.id}`,
      });
    }
    seen.set(price.verb, price);
  }
}

function refuseTwins(entries: readonly { name: string; line: number }[], what: string, { origin }: Context): void {
  const lines = new Map<string, number>();
  for (const { name, line } of entries) {
    const before = lines.get(name);
    if (before !== undefined) {
      fail({
        code: "machine.duplicate",
        where: `${origin}:${line} › ${name}`,
        message: `the ${what} is stated twice`,
        got: `first on line ${before}`,
      });
    }
    lines.set(name, line);
  }
}

const perBase = (unit: (typeof units)[number]): number =>
  unit.startsWith("fJ") ? 1e-3 : unit.startsWith("nJ") ? 1e3 : 1;

function scalingOf(scaling: "quadratic" | "linear" | "none" | { set: readonly number[] }): MacScaling {
  if (typeof scaling === "string") return { kind: scaling };
  return { kind: "set", widths: [...new Set(scaling.set)].sort((a, b) => a - b) };
}

function bytesOf(size: number | string): number {
  if (typeof size === "number") return size;
  const [, amount, unit] = /^([\d.]+) ?(\w+)$/.exec(size)!;
  return Number(amount) * { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit as "B" | "KB" | "MB" | "GB"];
}
