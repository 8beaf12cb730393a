/**
 * @file Bill: what a model costs on a machine with given bit-widths. Rows per layer and cause, a range for every figure,
 * the chain behind it, and what could not be priced.
 */

import { at, fail } from "../base/errors.ts";
import { formatEnergy, pJ } from "../base/units.ts";
import { type EnergyUnit, type Machine, type Range, sumOf } from "../machines/index.ts";
import { charge } from "./charge.ts";
import type { Counts, LayerCost } from "./counts.ts";
import { type Chain, chainOf } from "./explain.ts";
import { quantities, ratioOf } from "./ratio.ts";
import { type Action, type Cause, causes, type MappingOptions, scheduleEqat } from "./schedule.ts";
import { type UnmodelledKind, unmodelledKinds } from "./unmodelled.ts";
import { type LayerWidths, uniformWidths, type Width } from "./width.ts";

/** One figure: a layer's energy for one cause. */
export interface Term {
  readonly cause: Cause;
  readonly energy: Range;
  /** energy = price × quantity. */
  readonly price: string;
  readonly quantity: number;
  readonly chain: Chain;
}

export interface BillRow {
  readonly layer: string;
  readonly node: string;
  readonly operator: string;
  readonly macs: number;
  readonly nW: number;
  readonly nA: number;
  readonly weight: Width;
  readonly input: Width;
  readonly energy: Range;
  readonly byCause: Readonly<Record<Cause, Range>>;
  readonly terms: readonly Term[];
}

/** A price that the bill uses. */
export interface PriceUse {
  readonly id: string;
  /** In the bill's unit, per operation or per bit. */
  readonly energy: Range;
  readonly per: "operation" | "bit" | "event";
  /** As the machine file states it. */
  readonly stated: string;
  readonly nodeNm: number | undefined;
  readonly voltage: number | undefined;
  readonly source: string;
  /** Absent: the source gives no range, and low = stated = high. */
  readonly rangeSource: string | undefined;
  /** `femto:horowitz-45nm-sram8k:14` */
  readonly place: string;
}

/** Plain data: prints as JSON, crosses threads. */
export interface Bill {
  readonly label: "modelled";
  readonly machine: string;
  readonly unit: EnergyUnit;
  /** Which equations made it. */
  readonly mapping: "eqat";
  readonly rows: readonly BillRow[];
  readonly byCause: Readonly<Record<Cause, Range>>;
  readonly total: Range;
  /** The total over that of 8 bits everywhere; its range is that of the ratio, shared prices moving together. */
  readonly relative: Range;
  /** Share of compute in the total at 8 bits. A saving means little without it. */
  readonly computeShareAt8: number;
  /** False: the total is a lower bound, printed with `≥`. */
  readonly isComplete: boolean;
  readonly unmodelled: readonly UnmodelledKind[];
  readonly prices: readonly PriceUse[];
  readonly warnings: readonly string[];
}

/**
 * Prices one run: `bill(countWork(model, { N: 1 }), machine, uniformWidths(layers, 8))`.
 * @throws FemtoError `energy.none`, `energy.free`, `energy.bits`, `energy.width`, `machine.price`, `machine.placement`
 */
export function bill(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  options: MappingOptions = {},
): Bill {
  if (counts.layers.length === 0) {
    fail({
      code: "energy.none",
      message: "the model has no layer with weights, so the equations give no energy",
      expected: "a Conv, ConvTranspose, Gemm or MatMul with a constant weight",
    });
  }
  const rows = priceRows(counts, machine, widths, options);
  const eight = at("the reference, 8 bits everywhere", () =>
    priceRows(counts, machine, uniformWidths(counts.layers, 8), options),
  );
  const total = sumOf(rows.map(({ energy }) => energy));
  const prices = pricesIn(rows, machine);
  const atEight = sumOf(eight.map(({ energy }) => energy)).mid;
  if (atEight === 0) fail({ code: "energy.free", where: machine.origin, message: "every price that is used is zero" });
  return {
    label: "modelled",
    machine: machine.name,
    unit: machine.unit,
    mapping: "eqat",
    rows,
    byCause: totals(rows.map(({ byCause }) => byCause)),
    total,
    relative: ratioOf(quantities(rows), quantities(eight), [...prices, ...pricesIn(eight, machine)]),
    computeShareAt8: sumOf(eight.map(({ byCause }) => byCause.compute)).mid / atEight,
    isComplete: counts.unmodelled.length === 0,
    unmodelled: unmodelledKinds(counts),
    prices,
    warnings: warnings(prices, machine),
  };
}

function priceRows(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  options: MappingOptions,
): BillRow[] {
  const { actions } = scheduleEqat(counts, machine, widths, options);
  const byLayer = new Map<string, Action[]>(counts.layers.map(({ name }) => [name, []]));
  for (const action of actions) byLayer.get(action.from.layer)!.push(action);
  const assigned = new Map(widths.map((entry) => [entry.layer, entry]));
  return counts.layers.map((layer) => rowOf(layer, byLayer.get(layer.name)!, assigned.get(layer.name)!, machine));
}

function rowOf(layer: LayerCost, actions: readonly Action[], widths: LayerWidths, machine: Machine): BillRow {
  const terms = actions.map((action): Term => {
    const charged = charge(action, machine);
    const { energy, price, quantity } = charged;
    return { cause: action.cause, energy, price: price.id, quantity, chain: chainOf(action, charged, machine) };
  });
  const byCause = Object.fromEntries(
    causes.map((cause) => [cause, sumOf(terms.filter((term) => term.cause === cause).map(({ energy }) => energy))]),
  ) as Record<Cause, Range>;
  const { name, node, operator, macs, nW, nA } = layer;
  const energy = sumOf(terms.map((term) => term.energy));
  const { weight, input } = widths;
  return { layer: name, node, operator, macs, nW, nA, weight, input, energy, byCause, terms };
}

const totals = (parts: readonly Readonly<Record<Cause, Range>>[]): Record<Cause, Range> =>
  Object.fromEntries(causes.map((cause) => [cause, sumOf(parts.map((part) => part[cause]))])) as Record<Cause, Range>;

function pricesIn(rows: readonly BillRow[], machine: Machine): PriceUse[] {
  const used = new Set(rows.flatMap(({ terms }) => terms.map(({ price }) => price)));
  return machine.components
    .flatMap(({ prices }) => prices)
    .filter(({ id }) => used.has(id))
    .map(({ id, energy, per, stated, nodeNm, voltage, source, rangeSource, line }) => ({
      id,
      energy,
      per,
      stated,
      nodeNm,
      voltage,
      source: source.text,
      rangeSource: rangeSource?.text,
      place: `${machine.origin}:${line}`,
    }));
}

function warnings(prices: readonly PriceUse[], { unit }: Machine): string[] {
  const free = prices.filter(({ energy }) => energy.mid === 0).map(({ id }) => id);
  return [
    ...(free.length === 0 ? [] : [`prices of zero are used: ${free.join(", ")}`]),
    ...(unit.kind === "relative" ? [`energies are multiples of ${unit.label}, not joules`] : []),
  ];
}

/** `≥ 325 nJ (212 nJ to 1.12 µJ)` */
export function totalText({ total, unit, isComplete }: Pick<Bill, "total" | "unit" | "isComplete">): string {
  const text = (value: number) => (unit.kind === "picojoules" ? formatEnergy(pJ(value)) : value.toPrecision(3));
  const spread = total.lo === total.hi ? "" : ` (${text(total.lo)} to ${text(total.hi)})`;
  return `${isComplete ? "" : "≥ "}${text(total.mid)}${unit.kind === "picojoules" ? "" : ` × ${unit.label}`}${spread}`;
}
