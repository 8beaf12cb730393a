/**
 * @file Bill: what a model costs on a machine with given bit-widths. Rows per region and cause, a range for every figure,
 * the chain behind it, and what could not be priced.
 */

import { at, fail } from "../base/errors.ts";
import { type EnergyUnit, type Machine, type Range, sumOf } from "../machines/index.ts";
import { mappingFor } from "./coefficients.ts";
import type { Chain } from "./explain.ts";
import type { Mapping, MappingContext, MappingOptions } from "./mapping.ts";
import type { Counts } from "./node-cost.ts";
import { placeTrivially } from "./placement.ts";
import { type PriceUse, pricesIn } from "./price-use.ts";
import { quantities, ratioOf } from "./ratio.ts";
import { noRegions, regionsOf } from "./regions.ts";
import { rowOf } from "./row.ts";
import { type Cause, causes, type Timing } from "./schedule.ts";
import { fetchingIndices, storedWidths } from "./stored-weights.ts";
import { type UnmodelledKind, unmodelledKinds } from "./unmodelled.ts";
import { nodeWidths } from "./value-widths.ts";
import { type LayerWidths, uniformWidths, type Width } from "./width.ts";

/** One figure: a node's energy for one cause. */
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
  /** Element-wise nodes that are done in the same go. */
  readonly fused: readonly string[];
  readonly macs: number;
  readonly nW: number;
  readonly nA: number;
  readonly weight: Width;
  readonly input: Width;
  readonly energy: Range;
  readonly byCause: Readonly<Record<Cause, Range>>;
  readonly terms: readonly Term[];
  /** Paid once, when the model is installed; not in `energy`. */
  readonly deployment: Range;
  readonly timing: Timing | undefined;
  /** What the mapping chose, for people. */
  readonly choices: Readonly<Record<string, string | number>>;
}

/** Time of the whole model, regions one after the other. */
export interface Latency {
  readonly cycles: number;
  /** Absent where the machine has no clock. */
  readonly seconds: number | undefined;
  readonly utilisation: number;
  /** Rows whose time the mapping does not count: the latency is of the others. */
  readonly untimedRows: number;
}

/** Plain data: prints as JSON, crosses threads. */
export interface Bill {
  readonly label: "modelled";
  readonly machine: string;
  readonly unit: EnergyUnit;
  /** Which rules made it. */
  readonly mapping: string;
  readonly rows: readonly BillRow[];
  readonly byCause: Readonly<Record<Cause, Range>>;
  readonly total: Range;
  /** The total over that of 8 bits everywhere; its range is that of the ratio, shared prices moving together. */
  readonly relative: Range;
  /** Share of compute in the total at 8 bits. A saving means little without it. */
  readonly computeShareAt8: number;
  /** Absent where the mapping counts no time. */
  readonly latency: Latency | undefined;
  /** Paid once, when the model is installed. */
  readonly deployment: Range;
  /** Where zeros and events come from; absent: nothing was skipped. */
  readonly activity: { readonly kind: "measured" | "assumed"; readonly text: string } | undefined;
  /** False: the total is a lower bound, printed with `≥`. */
  readonly isComplete: boolean;
  readonly unmodelled: readonly UnmodelledKind[];
  readonly prices: readonly PriceUse[];
  readonly warnings: readonly string[];
}

/**
 * Prices one run: `bill(countWork(model, { N: 1 }), machine, uniformWidths(layers, 8))`.
 * @throws FemtoError `energy.none`, `energy.free`, `energy.bits`, `energy.width`, `energy.mapping`, `machine.price`,
 * `machine.placement`
 */
export function bill(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  options: MappingOptions = {},
): Bill {
  const mapping = mappingFor(machine, options);
  if (counts.layers.length === 0 && mapping.prices === "layers") {
    fail({
      code: "energy.none",
      message: "the model has no layer with weights, so the equations give no energy",
      expected: "a Conv, ConvTranspose, Gemm or MatMul with a constant weight",
    });
  }
  const priced = priceRows(counts, machine, widths, mapping, options);
  const { rows, unmodelled } = priced;
  const isEight =
    options.stored === undefined &&
    widths.length === counts.layers.length &&
    widths.every(({ weight, input }) => weight === 8 && input === 8);
  const eight = isEight
    ? rows
    : at("the reference, 8 bits everywhere", () =>
        priceRows(counts, machine, uniformWidths(counts.layers, 8), mapping, { ...options, stored: undefined }),
      ).rows;
  const total = sumOf(rows.map(({ energy }) => energy));
  const prices = pricesIn(rows, machine);
  const atEight = sumOf(eight.map(({ energy }) => energy)).mid;
  if (atEight === 0) {
    fail({
      code: "energy.free",
      where: machine.origin,
      message:
        prices.length === 0 ? "the machine prices nothing that the model does" : "every price that is used is zero",
      ...(prices.length === 0 && {
        got: unmodelledKinds(unmodelled)
          .map(({ reason }) => reason)
          .join("; "),
      }),
    });
  }
  return {
    label: "modelled",
    machine: machine.name,
    unit: machine.unit,
    mapping: mapping.id,
    rows,
    byCause: totals(rows.map(({ byCause }) => byCause)),
    total,
    relative: ratioOf(quantities(rows), quantities(eight), [...prices, ...pricesIn(eight, machine)]),
    computeShareAt8: sumOf(eight.map(({ byCause }) => byCause.compute)).mid / atEight,
    latency: latencyOf(rows, machine),
    deployment: sumOf(rows.map(({ deployment }) => deployment)),
    activity: options.activity?.source,
    isComplete: unmodelled.length === 0,
    unmodelled: unmodelledKinds(unmodelled),
    prices,
    warnings: warnings(prices, machine),
  };
}

function priceRows(
  counts: Counts,
  machine: Machine,
  widths: readonly LayerWidths[],
  mapping: Mapping,
  options: MappingOptions,
) {
  const context: MappingContext = {
    machine,
    placement: placeTrivially(machine, options.placement),
    options,
    analogue: new Set(counts.inputs),
    widthsOf: nodeWidths(counts.nodes, widths),
  };
  const isLeftOut = ({ kind }: { readonly kind: string }) => mapping.prices === "layers" && kind !== "layer";
  const regions =
    mapping.prices === "layers"
      ? noRegions(counts.layers)
      : options.fuse === false
        ? noRegions(counts.nodes)
        : (mapping.regions ?? regionsOf)(counts.nodes, new Set(counts.outputs));
  const { stored } = options;
  const coded = stored && { ...context, widthsOf: nodeWidths(counts.nodes, storedWidths(widths, stored)) };
  const schedules = regions.map((region) => {
    const schedule = mapping.plan(region, context);
    const own = stored?.get(region.head.name);
    return own && coded ? fetchingIndices(schedule, mapping.plan(region, coded), own) : schedule;
  });
  return {
    rows: schedules.map((schedule) => rowOf(schedule, machine, context)),
    unmodelled: [
      ...counts.unmodelled,
      ...counts.nodes.filter(isLeftOut).map(({ kind, node, operator, ops }) => ({
        node,
        operator,
        reason:
          kind === "product"
            ? "a product of two activations has no weights"
            : "the equations price products with weights only",
        ops,
      })),
      ...schedules.flatMap((schedule) => schedule.unmodelled),
    ],
  };
}

const totals = (parts: readonly Readonly<Record<Cause, Range>>[]): Record<Cause, Range> =>
  Object.fromEntries(causes.map((cause) => [cause, sumOf(parts.map((part) => part[cause]))])) as Record<Cause, Range>;

function latencyOf(rows: readonly BillRow[], { clockMhz }: Machine): Latency | undefined {
  const timed = rows.flatMap(({ timing, macs }) => (timing === undefined ? [] : [{ ...timing, macs }]));
  if (timed.length === 0) return undefined;
  const cycles = timed.reduce((sum, { latencyCycles }) => sum + latencyCycles, 0);
  const possible = timed.reduce((sum, { utilisation, macs }) => sum + (utilisation ? macs / utilisation : 0), 0);
  return {
    cycles,
    untimedRows: rows.length - timed.length,
    seconds: clockMhz === undefined ? undefined : cycles / (clockMhz * 1e6),
    utilisation: possible === 0 ? 0 : timed.reduce((sum, { macs }) => sum + macs, 0) / possible,
  };
}

function warnings(prices: readonly PriceUse[], { unit }: Machine): string[] {
  const free = prices.filter(({ energy }) => energy.mid === 0).map(({ id }) => id);
  return [
    ...(free.length === 0 ? [] : [`prices of zero are used: ${free.join(", ")}`]),
    ...(unit.kind === "relative" ? [`energies are multiples of ${unit.label}, not joules`] : []),
  ];
}
