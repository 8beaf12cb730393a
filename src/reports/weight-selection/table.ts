/**
 * @file The table of restricted weights: its columns, and its rows by basis. Gated and ungated units, delay models and arrays
 * never share a table, and no saving stands without its ceiling.
 */

import { percentText, pointsText } from "../format.ts";
import type { SelectionBasis, SelectionMethod, SelectionRow, WeightSelection } from "./schema.ts";

export const methodNames: Readonly<Record<SelectionMethod, string>> = {
  int8: "int8 baseline",
  lws: "LWS",
  powerpruning: "PowerPruning",
  magnitude: "magnitude pruning",
  "energy-only": "LWS, energy only",
  "loss-only": "LWS, loss only",
};

export interface SelectionColumn {
  readonly title: string;
  readonly note: string;
  readonly isText?: boolean;
  /** Columns with the highest number leave first where the terminal is narrow; those with 0 never. */
  readonly rank: number;
  cell(row: SelectionRow): string;
}

const dash = "–";

export const selectionColumns: readonly SelectionColumn[] = [
  { title: "row", note: "", isText: true, rank: 0, cell: ({ name }) => name },
  { title: "method", note: "", isText: true, rank: 6, cell: ({ method }) => methodNames[method] },
  { title: "how", note: "", isText: true, rank: 4, cell: ({ detail }) => detail },
  { title: "seed", note: "", rank: 1, cell: ({ seed }) => `${seed}` },
  { title: "accuracy", note: "measured", rank: 0, cell: ({ accuracy }) => percentText(accuracy.value) },
  {
    title: "points",
    note: "to int8",
    rank: 0,
    cell: ({ method, accuracy }) => (method === "int8" ? dash : pointsText(accuracy.value - accuracy.baseline)),
  },
  { title: "zeros", note: "of weights", rank: 5, cell: ({ zeros }) => percentText(zeros.after) },
  {
    title: "saving",
    note: "own traces",
    rank: 0,
    cell: ({ method, saving }) => (method === "int8" ? dash : percentText(saving)),
  },
  {
    title: "saving",
    note: "int8 tables",
    rank: 2,
    cell: ({ method, savingByOldTables: old }) => (method === "int8" || old === null ? dash : percentText(old)),
  },
  { title: "ceiling", note: "all zero", rank: 0, cell: ({ ceiling }) => percentText(ceiling) },
  {
    title: "of ceiling",
    note: "own traces",
    rank: 3,
    cell: ({ method, saving, ceiling }) => (method === "int8" || ceiling <= 0 ? dash : percentText(saving / ceiling)),
  },
];

/** Rows that may be compared with one another. */
export interface SelectionGroup {
  readonly basis: SelectionBasis;
  readonly title: string;
  readonly rows: readonly SelectionRow[];
}

/** Each basis that has rows, in the order of the report. */
export const groupsOf = ({ bases, rows }: WeightSelection): SelectionGroup[] =>
  bases
    .map((basis) => ({ basis, title: titleOf(basis), rows: rows.filter((row) => row.basis === basis.id) }))
    .filter((group) => group.rows.length > 0);

const delayNames: Readonly<Record<SelectionBasis["delay"], string>> = {
  behavioural: "Hamming distances",
  zero: "zero delay",
  unit: "unit delay",
  measured: "a measured table",
};

/** `with zero-gating, unit delay, 64 × 64 elements` */
export const titleOf = ({ isZeroGated, delay, array }: SelectionBasis): string =>
  `${isZeroGated ? "with" : "without"} zero-gating, ${delayNames[delay]}, ${array.rows} × ${array.columns} elements`;

/** Everything that stands beside a figure of gates, one sentence each. */
export function basisLines({ netlist, netlistHash, areIdleGated, array, scale, stimulus }: SelectionBasis): string[] {
  const { nodeNm, source, stimulus: reference, spread, caveats } = scale;
  const { activationBits: a, weightBits: w, accumulatorBits: p } = array;
  return [
    `Unit: ${netlist} (netlist ${netlistHash}), ${w}-bit weights, ${a}-bit activations, ${p}-bit sums; elements without a weight ${areIdleGated ? "cost nothing" : "cost as much as a weight of zero"}.`,
    `Stimulus: ${stimulus}.`,
    `Scale: ${source}; fitted on ${reference}${nodeNm === null ? "" : `; ${nodeNm} nm`}${spread === null ? "" : `; ± ${Math.round(100 * spread)} %`}.`,
    ...(caveats.length === 0 ? [] : [`${caveats.map(capital).join(". ")}.`]),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a reader must know before quoting a percentage. */
export function selectionNotes(selection: WeightSelection): string[] {
  const beyond = selection.rows.filter(({ saving, ceiling }) => saving > ceiling);
  return [
    "A saving is one of the switching of multiply-accumulate units, not of a chip: registers, memories and clock do not shrink with the weights.",
    "Ceiling: all weights zero, by the tables of the int8 network; no choice of weights exceeds it by those tables.",
    ...(beyond.length === 0
      ? []
      : [
          `${beyond.map(({ name, basis }) => `${name} (${basis})`).join(", ")}: by traces of their own beyond the ceiling, because fewer activations are left to switch.`,
        ]),
    ...groupsOf(selection).flatMap((group) => besideNote(group, selection.beside)),
  ];
}

/** What costs something. */
export const billed = (beside: WeightSelection["beside"]): WeightSelection["beside"] =>
  beside.filter(({ pJ }) => pJ > 0);

/** The largest saving on a basis as a part of everything that is counted. */
function besideNote({ rows, title }: SelectionGroup, beside: WeightSelection["beside"]): string[] {
  const fixed = beside.reduce((sum, { pJ }) => sum + pJ, 0);
  const [best] = rows
    .filter(({ layers, method }) => layers.length > 0 && method !== "int8")
    .sort((a, b) => b.saving - a.saving);
  if (fixed === 0 || best === undefined) return [];
  const before = best.layers.reduce((sum, { pJ }) => sum + pJ.before, 0);
  const whole = (best.saving * before) / (before + fixed);
  return [
    `${best.name}, ${title}: ${percentText(best.saving)} of the switching is ${percentText(whole)} of switching and ${billed(
      beside,
    )
      .map(({ name }) => name)
      .join(", ")} together.`,
  ];
}
