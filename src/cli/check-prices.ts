/** @file Asks the machine for every price that the rows will need, before hours are spent on training. */

import { FemtoError } from "../base/errors.ts";
import { bill, countWork, uniformWidths } from "../energy/index.ts";
import { oneExample } from "../rewrites/index.ts";
import type { RunSpec } from "../runs/index.ts";

/** @throws FemtoError `machine.price`, `energy.*` as pricing itself would at the end */
export function checkPrices({ model, machine, rows }: Pick<RunSpec, "model" | "machine" | "rows">): void {
  const counts = countWork(model, oneExample(model));
  bill(counts, machine, uniformWidths(counts.layers, 8));
  // A report also counts dense rows beside weightless ones among `float`; they are priced at 8 bits.
  const float = rows.find(({ method }) => method.id === "float");
  if (float === undefined) return;
  try {
    bill(counts, machine, uniformWidths(counts.layers, "float32"));
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    const hint = `the row ${float.name} computes in float32: add that price, or leave the row out (--float-epochs 0)`;
    throw new FemtoError({ ...error.toJSON(), hint }, { cause: error });
  }
}
