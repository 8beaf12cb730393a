/** @file The energy of a row: of the model that the run was given, in the row's bits; of lookup tables, of their logic. */

import { type Bill, bill, type Counts, countWork, type LayerWidths, uniformWidths } from "../energy/index.ts";
import type { Model } from "../graph/model.ts";
import { kindOf, type Outcome } from "../methods/index.ts";
import type { ReportRow } from "../reports/index.ts";
import { ONES_KEY, oneExample } from "../rewrites/index.ts";
import { priceLookup } from "./lookup-price.ts";
import type { RunSpec } from "./spec.ts";

export type Priced = Pick<ReportRow, "energy" | "layers"> & { readonly notes?: readonly string[] };

/** Energy of the whole bit-widths. Quantising changes formats, not work; lookup tables are priced as logic. */
export function price(spec: Pick<RunSpec, "model" | "machine" | "data">, outcome: Outcome): Priced {
  const { model, machine } = spec;
  const counts = countWork(model, oneExample(model));
  const kind = kindOf(outcome);
  if (kind === "reworked") {
    // Another network than the given one: its own work; the yardstick stays.
    const priced = outcome.exported ?? outcome.model;
    const own = withMeasuredOnes(countWork(priced, oneExample(priced)), priced);
    const invoice = bill(own, machine, [
      ...(outcome.bits ?? uniformWidths(own.layers, "float32")),
      ...tableWidths(own),
    ]);
    return shown(invoice, invoice.total.mid / bill(counts, machine, uniformWidths(counts.layers, 8)).total.mid);
  }
  if (kind !== "lookup") {
    const invoice = bill(counts, machine, outcome.bits ?? uniformWidths(counts.layers, "float32"));
    return shown(invoice, invoice.relative.mid);
  }
  // The yardstick is that of every row: the model that the run was given, 8 bits everywhere.
  const eight = bill(counts, machine, uniformWidths(counts.layers, 8));
  return priceLookup(spec, outcome.model, eight.total.mid);
}

/** Vectors are added for bits that are 1; where their share has been measured, the additions that really happen count. */
function withMeasuredOnes(counts: Counts, model: Model): Counts {
  const shares = new Map(
    model.graph.nodes.flatMap((node) => {
      const share = node.metadata.get(ONES_KEY);
      return share === undefined ? [] : [[node.name, Number(share)] as const];
    }),
  );
  const nodes = counts.nodes.map((node) => {
    const share = shares.get(node.name) ?? 1;
    const ops = node.ops.map(({ op, count }) => ({ op, count: op === "accumulate" ? count * share : count }));
    return share === 1 ? node : { ...node, ops };
  });
  return { ...counts, nodes };
}

/** What tables read and put out are bits, also where other layers stand around them. */
const tableWidths = ({ nodes }: Counts): LayerWidths[] =>
  nodes.flatMap(({ name, operator }) => (operator === "femto.LutLayer" ? [{ layer: name, weight: 1, input: 1 }] : []));

function shown(invoice: Bill, relative: number): Priced {
  return {
    energy: {
      pJ: invoice.total.mid,
      range: invoice.total,
      relative,
      label: invoice.label,
      byCause: mid(invoice.byCause),
      isComplete: invoice.isComplete,
      unmodelled: invoice.unmodelled.map(({ operator, reason }) => `${operator}: ${reason}`),
    },
    layers: invoice.rows.map((layer) => ({
      name: layer.layer,
      operator: layer.operator,
      mac: layer.macs,
      bits: { weight: widthBits(layer.weight), input: widthBits(layer.input) },
      pJ: layer.energy.mid,
      byCause: mid(layer.byCause),
    })),
  };
}

const mid = (byCause: Readonly<Record<string, { mid: number }>>): Record<string, number> =>
  Object.fromEntries(Object.entries(byCause).map(([cause, range]) => [cause, range.mid]));

const widthBits = (width: number | string): number => (typeof width === "number" ? width : 32);
