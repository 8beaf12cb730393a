/** @file What the rows with restricted weights switch, as one part of the report: their accuracies beside that of the baseline. */

import type { Report } from "../reports/index.ts";
import type { FinishedRow } from "./row.ts";
import type { RowSpec } from "./spec.ts";

type Selection = NonNullable<Report["weightSelection"]>;

/** Absent where no row restricts weights. */
export function selectionOf(finished: readonly FinishedRow[], specs: readonly RowSpec[]): Selection | undefined {
  const restricted = finished.filter(({ selection }) => selection !== undefined);
  if (restricted.length === 0) return undefined;
  const byName = new Map(finished.map((one) => [one.row.name, one]));
  const bases = new Map(restricted.flatMap(({ selection }) => selection!.bases.map((basis) => [basis.id, basis])));
  const rows = restricted.flatMap(({ row, selection }) => {
    // A row starts from the network that its energies are held against; without one it is its own baseline, as int8 always is.
    const from = specs.find(({ name }) => name === row.name)?.from;
    const source = (from === undefined ? undefined : byName.get(from)) ?? byName.get(row.name)!;
    return selection!.rows.map((own) => ({
      ...own,
      name: row.name,
      seed: row.seed,
      accuracy: {
        value: row.accuracy.value,
        baseline: (own.method === "int8" ? row : source.row).accuracy.value,
        examples: row.accuracy.examples,
      },
    }));
  });
  const storage = restricted.flatMap(({ row, storage: own }) =>
    own === undefined ? [] : [{ row: row.name, seed: row.seed, ...own }],
  );
  return { bases: [...bases.values()], rows, beside: besideOf(restricted), storage } as unknown as Selection;
}

/** What the machine charges besides arithmetic, by the bill of the first such row: 8-bit operands whatever their values are. */
function besideOf([first]: readonly FinishedRow[]): Selection["beside"] {
  const { byCause } = first!.row.energy;
  return [
    ...first!.selection!.beside,
    ...Object.entries(byCause)
      .filter(([cause, pJ]) => cause !== "compute" && pJ > 0)
      .map(([cause, pJ]) => ({ name: cause, pJ, source: "the bill of the machine, 8-bit operands" })),
  ];
}
