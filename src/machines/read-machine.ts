/** @file Reads a machine file: YAML text → checked data → Machine, with the line of the trouble where there is one. */

import { fail } from "../base/errors.ts";
import { checkMachine } from "./check-machine.ts";
import { type Path, readYaml } from "./located-yaml.ts";
import type { Component, EnergyUnit, Machine, MacScaling, StaticPower } from "./machine.ts";
import type { Price } from "./price.ts";
import { exactly, type Range } from "./range.ts";
import { bytesOf, type Context, cite, readPrice } from "./read-price.ts";
import { type ComponentFile, machineSchema } from "./schema.ts";
import { refuseSchema } from "./schema-error.ts";

/**
 * Reads the YAML text of a machine. `origin` (a file name) stands in front of the line in errors.
 * @throws FemtoError `yaml.*`, `machine.schema`, `machine.price`, `machine.source`, `machine.duplicate`,
 * `machine.scaling`, `machine.hierarchy`, `machine.mapping`
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
  const machine: Machine = {
    name: file.name,
    title: file.title,
    unit,
    technology: { nodeNm: file.technology.node_nm, voltage: file.technology.voltage },
    clockMhz: file.clock_mhz,
    mapping: file.mapping,
    components,
    origin,
    text,
  };
  checkMachine(machine, yaml);
  return machine;
}

function readComponent(file: ComponentFile, path: Path, context: Context): Component {
  const prices = file.prices.map((price, i) => readPrice(file, price, [...path, "prices", i], context));
  const common = {
    name: file.name,
    prices,
    count: file.count,
    staticPower: readStatic(file, path, context),
    area: file.area_mm2 && {
      mm2: file.area_mm2.value,
      source: cite(file.area_mm2.source, [...path, "area_mm2", "source"], context),
    },
    line: context.yaml.lineOf([...path, "name"]),
  };
  refuseTwins(
    prices.map(({ id, line }) => ({ name: id, line })),
    "price",
    context,
  );
  switch (file.class) {
    case "arithmetic":
      refuseSecondWidth(prices, context);
      return { class: file.class, ...common, scaling: scalingOf(file.mac_scaling), zeroGating: file.zero_gating };
    case "network":
      return { class: file.class, ...common };
    case "converter":
      return { class: file.class, ...common, direction: file.kind, bits: file.bits };
    case "lookup":
      return { class: file.class, ...common, inputs: file.inputs };
    case "cell":
      return { class: file.class, ...common, bits: file.bits };
    default: {
      const { bandwidth_bits: width } = file;
      return {
        class: file.class,
        ...common,
        sizeBytes: file.size === undefined ? undefined : bytesOf(file.size),
        dram: file.class === "dram" ? file.type : undefined,
        holds: file.holds,
        serves: file.serves,
        backs: typeof file.backs === "string" ? [file.backs] : file.backs,
        bandwidthBits: typeof width === "number" ? { read: width, write: width } : width,
        granuleBits: file.granule_bits,
        packing: file.packing,
      };
    }
  }
}

function readStatic({ static: file }: ComponentFile, path: Path, context: Context): StaticPower | undefined {
  if (file === undefined) return undefined;
  const { leakage_mw: leakage, idle_mw: idle, range } = file;
  const leakageMw: Range | undefined =
    leakage === undefined ? undefined : { lo: range?.low ?? leakage, mid: leakage, hi: range?.high ?? leakage };
  return {
    leakageMw,
    idleMw: idle === undefined ? undefined : exactly(idle),
    source: cite(file.source, [...path, "static", "source"], context),
    rangeSource: range && cite(range.source, [...path, "static", "range", "source"], context),
    note: file.note,
    line: context.yaml.lineOf([...path, "static"]),
  };
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

function scalingOf(scaling: "quadratic" | "linear" | "none" | { set: readonly number[] }): MacScaling {
  if (typeof scaling === "string") return { kind: scaling };
  return { kind: "set", widths: [...new Set(scaling.set)].sort((a, b) => a - b) };
}
