/** @file The energy of a row: of the model that the run was given, in the row's bits, or of the network that took its place. */

import { type Bill, bill, countWork, uniformWidths } from "../energy/index.ts";
import { withRawSamples } from "../export/index.ts";
import { kindOf, type Outcome } from "../methods/index.ts";
import type { ReportRow } from "../reports/index.ts";
import { oneExample } from "../rewrites/index.ts";
import { rawSamplesIn } from "./artefacts.ts";
import { onesNote } from "./lookup-ones.ts";
import type { RunSpec } from "./spec.ts";
import { storedWeights } from "./weight-storage.ts";

export type Priced = Pick<ReportRow, "energy" | "layers"> & { readonly notes?: readonly string[] };

/**
 * Energy of the whole bit-widths, weights fetched as the files hold them. Quantising changes formats, not work; another network has
 * its own work.
 */
export function price(spec: Pick<RunSpec, "model" | "machine" | "data">, outcome: Outcome): Priced {
  const { model, machine, data } = spec;
  const counts = countWork(model, oneExample(model));
  const kind = kindOf(outcome);
  if (kind !== "reworked" && kind !== "lookup") {
    const widths = outcome.bits ?? uniformWidths(counts.layers, "float32");
    const invoice = bill(counts, machine, widths, { stored: storedWeights(outcome) });
    return shown(invoice, invoice.relative.mid);
  }
  // The yardstick is that of every row: the model that the run was given, 8 bits everywhere.
  const eight = bill(counts, machine, uniformWidths(counts.layers, 8)).total.mid;
  if (kind === "reworked") {
    const priced = outcome.exported ?? outcome.model;
    const own = countWork(priced, oneExample(priced));
    const invoice = bill(own, machine, outcome.bits ?? uniformWidths(own.layers, "float32"));
    return shown(invoice, invoice.total.mid / eight);
  }
  const raw = rawSamplesIn(data.test);
  const noted = withRawSamples(outcome.model, raw);
  // EQAT's equations know weighted layers alone, of which there are none.
  const invoice = bill(countWork(noted, oneExample(noted)), machine, [], { mapping: machine.mapping.kind });
  return { ...shown(invoice, invoice.total.mid / eight), notes: onesNote(outcome.model, raw, data, invoice) };
}

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
