/**
 * @file Fit: prices of a machine from measured energies. Each layer is one equation, Σ count × price = energy; the prices
 * that are not negative and come nearest are found by least squares. What the measurements cannot tell is an error.
 */

import { fail } from "../../base/errors.ts";
import type { Machine } from "../machine.ts";
import { readMachine } from "../read-machine.ts";
import { amountIn, type Row, readTable, type Table } from "./csv.ts";
import { dependences, nonNegativeLeastSquares, variances } from "./least-squares.ts";
import { type Parameter, parametersOf } from "./parameters.ts";
import { type Fitted, rewriteMachine } from "./rewrite.ts";
import { integrateTrace } from "./trace.ts";

export { integrateTrace, type TracedLayer } from "./trace.ts";

export interface FitRequest {
  /** Its components and units are kept; the prices that columns count for are replaced. */
  readonly machine: Machine;
  /** `layer, uj, cycles, …` with a column of counts for each price; `uj` may come from the trace. */
  readonly csv: string;
  /** A power trace marked with layers: gives `uj`, and `cycles` where the machine has a clock. */
  readonly trace?: string;
  /** Ids of prices that are taken as they stand: their share is subtracted first. */
  readonly hold?: readonly string[];
  /** What the squares of are summed: errors in µJ, or errors relative to the layer's energy. */
  readonly errors?: "absolute" | "relative";
  readonly origin?: string;
  /** Where the measurements come from: board, chip, temperature, instrument. */
  readonly citation: string;
}

export interface FittedPrice {
  readonly id: string;
  /** pJ per operation or bit (or the machine's unit), or mW. */
  readonly value: number;
  readonly unit: string;
  /** Standard error of the value; absent where the price is held at zero or nothing is left over to judge by. */
  readonly standardError: number | undefined;
  /** What the machine said before. */
  readonly before: number | undefined;
}

export interface LayerResidual {
  readonly layer: string;
  readonly measured: number;
  readonly fitted: number;
  /** (fitted − measured) / measured. */
  readonly relative: number;
}

export interface Fit {
  /** The machine file with the fitted prices, each with two standard errors as its range. */
  readonly text: string;
  readonly prices: readonly FittedPrice[];
  /** µJ, in the order of the table. */
  readonly residuals: readonly LayerResidual[];
  /** Root of the mean square of the relative errors. */
  readonly relativeError: number;
  /** Share of the variance between layers that the fit explains. */
  readonly explained: number;
  readonly degreesOfFreedom: number;
  readonly warnings: readonly string[];
}

/**
 * Fits prices to measurements.
 * @throws FemtoError `fit.csv`, `fit.column`, `fit.underdetermined` (naming the columns that cannot be told apart)
 */
export function fitMachine(request: FitRequest): Fit {
  const { machine, origin = "measured.csv", hold = [], errors = "absolute" } = request;
  if (machine.unit.kind === "relative") {
    fail({
      code: "fit.column",
      where: machine.origin,
      message: "measured microjoules cannot become ratios",
      expected: "a machine in pJ",
      got: `a machine in multiples of ${machine.unit.label}`,
    });
  }
  const table = withTrace(readTable(request.csv, origin), request);
  if (!table.columns.includes("layer") || !table.columns.includes("uj")) {
    fail({
      code: "fit.csv",
      where: `${origin}:1`,
      message: "the table does not say which energy which layer took",
      expected: "the columns layer and uj (microjoules), or layer and a power trace",
      got: table.columns.join(", "),
    });
  }
  const all = parametersOf(table, machine);
  const twin = all.find(({ id }, i) => all.findIndex((other) => other.id === id) < i);
  if (twin !== undefined) {
    fail({ code: "fit.column", where: `${origin}:1 › ${twin.column}`, message: `two columns count for ${twin.id}` });
  }
  const measured = table.rows.map((row) => energyIn(table, row));
  const columnOf = (parameter: Parameter) =>
    table.rows.map((row) => microjoulesPerUnit(table, row, parameter, machine));
  const held = all.filter(({ id }) => hold.includes(id));
  const fixed = table.rows.map((row) =>
    held.reduce(
      (sum, parameter) => sum + microjoulesPerUnit(table, row, parameter, machine) * statedValue(parameter),
      0,
    ),
  );
  const free = all.filter((parameter) => !held.includes(parameter));
  const columns = free.map(columnOf);
  refuseUndetermined(free, columns, table);
  const weight = measured.map((energy) => (errors === "relative" ? 1 / energy : 1));
  const weighted = columns.map((column) => column.map((value, i) => value * weight[i]!));
  const target = measured.map((energy, i) => (energy - fixed[i]!) * weight[i]!);
  const values = nonNegativeLeastSquares(weighted, target);
  const fittedEnergy = measured.map(
    (_, i) => fixed[i]! + columns.reduce((sum, column, j) => sum + column[i]! * values[j]!, 0),
  );
  const active = values.flatMap((value, j) => (value > 0 ? [j] : []));
  const degreesOfFreedom = measured.length - active.length;
  const squares = sum(measured.map((energy, i) => ((fittedEnergy[i]! - energy) * weight[i]!) ** 2));
  const spread = active.length === 0 ? [] : variances(active.map((j) => weighted[j]!));
  const deviation = (j: number): number | undefined =>
    degreesOfFreedom === 0 || !active.includes(j)
      ? undefined
      : Math.sqrt((squares / degreesOfFreedom) * spread[active.indexOf(j)]!);
  const fitted = free.map((parameter, j): Fitted => {
    const margin = 2 * (deviation(j) ?? 0);
    return { parameter, value: values[j]!, low: Math.max(0, values[j]! - margin), high: values[j]! + margin };
  });
  const text = rewriteMachine(machine, fitted, request.citation);
  readMachine(text, `${machine.name}, fitted`);
  const mean = sum(measured) / measured.length;
  return {
    text,
    prices: free.map((parameter, j) => ({
      id: parameter.id,
      value: values[j]!,
      unit:
        parameter.price === undefined ? "mW" : `${machine.unit.label}${parameter.price.per === "bit" ? "/bit" : ""}`,
      standardError: deviation(j),
      before: parameter.price?.energy.mid ?? parameter.component.staticPower?.leakageMw?.mid,
    })),
    residuals: table.rows.map(({ cells }, i) => ({
      layer: cells.layer!,
      measured: measured[i]!,
      fitted: fittedEnergy[i]!,
      relative: fittedEnergy[i]! / measured[i]! - 1,
    })),
    relativeError: Math.sqrt(sum(measured.map((energy, i) => (fittedEnergy[i]! / energy - 1) ** 2)) / measured.length),
    explained:
      1 -
      sum(measured.map((energy, i) => (fittedEnergy[i]! - energy) ** 2)) /
        sum(measured.map((energy) => (energy - mean) ** 2)),
    degreesOfFreedom,
    warnings: [
      ...free.flatMap(({ id }, j) =>
        values[j]! > 0 ? [] : [`${id} is held at zero: the measurements would have it negative`],
      ),
      ...(degreesOfFreedom === 0
        ? ["there are as many prices as layers: the fit is exact and says nothing of its error"]
        : []),
    ],
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function energyIn(table: Table, row: Row): number {
  const energy = amountIn(table, row, "uj");
  if (energy > 0) return energy;
  return fail({
    code: "fit.csv",
    where: `${table.origin}:${row.line} › uj`,
    message: "a layer that takes no energy says nothing",
    expected: "microjoules above 0",
    got: row.cells.uj!,
  });
}

/** µJ of a layer for each pJ of the price, or for each mW of one instance. */
function microjoulesPerUnit(
  table: Table,
  row: Row,
  { column, price, factor, component }: Parameter,
  machine: Machine,
): number {
  const count = amountIn(table, row, column) * factor;
  // 1 mW for 1 µs is 1 nJ
  return price !== undefined ? count * 1e-6 : (component.count * (count / machine.clockMhz!)) / 1000;
}

const statedValue = ({ price, component }: Parameter): number =>
  price?.energy.mid ?? component.staticPower?.leakageMw?.mid ?? 0;

function refuseUndetermined(
  free: readonly Parameter[],
  columns: readonly (readonly number[])[],
  { origin, rows }: Table,
): void {
  const refuse = (message: string, expected: string, got: string) =>
    fail({ code: "fit.underdetermined", where: origin, message, expected, got, hint: "or hold a price that is known" });
  if (free.length === 0)
    refuse("no column counts for a price", "macs, cycles, sram.read …", "only layers and energies");
  if (rows.length < free.length) {
    refuse("there are fewer layers than prices", `at least ${free.length} layers`, `${rows.length}`);
  }
  const idle = free.find((_, j) => columns[j]!.every((value) => value === 0));
  if (idle !== undefined) refuse(`${idle.column} is zero in every layer`, "a layer that does it", "0");
  const [first] = dependences(columns);
  if (first === undefined) return;
  const others = first.on.map((j) => free[j]!.column).join(", ");
  const { column } = free[first.column]!;
  refuse(
    `the layers cannot tell ${column} from ${others}`,
    `layers in which ${column} does not follow from ${others}`,
    `${column} is ${first.on.length === 1 ? "a multiple" : "a combination"} of ${others} in all ${rows.length} layers`,
  );
}

/** The table with `uj` (and `cycles`) from the trace. */
function withTrace(table: Table, { trace, machine }: FitRequest): Table {
  if (trace === undefined) return table;
  const layers = new Map(integrateTrace(trace).map((layer) => [layer.layer, layer]));
  const columns = ["uj", ...(machine.clockMhz === undefined ? [] : ["cycles"])].filter(
    (name) => !table.columns.includes(name),
  );
  const rows = table.rows.map((row) => {
    const traced = layers.get(row.cells.layer!);
    if (traced === undefined) {
      return fail({
        code: "fit.csv",
        where: `${table.origin}:${row.line} › layer`,
        message: "the trace has no samples of this layer",
        expected: [...layers.keys()].slice(0, 8).join(", "),
        got: row.cells.layer ?? "nothing",
      });
    }
    const own = { uj: `${traced.microjoules}`, cycles: `${traced.microseconds * (machine.clockMhz ?? 0)}` };
    return { line: row.line, cells: { ...own, ...row.cells } };
  });
  return { ...table, columns: [...table.columns, ...columns], rows };
}
