/** @file The chain behind a figure of an energy report, as lines: counts → action → price → scaling → citation. */

import { fail } from "../../base/errors.ts";
import { energyText } from "../format.ts";
import type { EnergyReport, EnergyRow, EnergySubject } from "./schema.ts";

/**
 * Explains what a path names: `total`, `LAYER`, `LAYER/CAUSE`, `CAUSE`; with two subjects `1/…` or `2/…` in front.
 * @throws FemtoError `report.path`
 */
export function explainPath(report: EnergyReport, path: string): string[] {
  const [first, ...others] = path.split("/");
  const isNumbered = report.subjects.length > 1 && /^[12]$/.test(first!);
  const subject = report.subjects[isNumbered ? Number(first) - 1 : 0]!;
  const rest = isNumbered ? others.join("/") : path;
  if (rest === "" || rest === "total") return explainTotal(subject);
  const row = subject.rows.find(({ name, node }) => name === rest || node === rest);
  if (row !== undefined) return explainRow(subject, row);
  if (Object.hasOwn(subject.byCause, rest)) return explainCause(subject, rest);
  const cut = rest.lastIndexOf("/");
  const owner = subject.rows.find(({ name }) => name === rest.slice(0, cut));
  const cause = rest.slice(cut + 1);
  if (owner !== undefined && Object.hasOwn(owner.byCause, cause)) return explainTerms(subject, owner, cause);
  return fail({
    code: "report.path",
    where: path,
    message: "the report has no such figure",
    expected: owner
      ? `one of ${Object.keys(owner.byCause).join(", ")} behind ${owner.name}/`
      : `total, a cause (${Object.keys(subject.byCause).join(", ")}), a layer, or LAYER/CAUSE`,
    got: rest,
    hint: `layers: ${subject.rows
      .slice(0, 6)
      .map(({ name }) => name)
      .join(", ")}${subject.rows.length > 6 ? " …" : ""}`,
  });
}

function explainTotal(subject: EnergySubject): string[] {
  const { unit } = subject.machine;
  const { total, isComplete } = subject;
  return [
    `total: ${isComplete ? "" : "≥ "}${figure(total, unit)}, modelled, mapping ${subject.mapping.id}`,
    ...Object.entries(subject.byCause).map(([cause, energy]) => share(cause, energy, total.mid, unit)),
    "  by layer",
    ...subject.rows.map(({ name, energy }) => share(name, energy.mid, total.mid, unit)),
    ...subject.unmodelled.map(({ operator, nodes, reason }) => `  not priced: ${nodes} × ${operator}: ${reason}`),
  ];
}

const explainCause = (subject: EnergySubject, cause: string): string[] => [
  `${cause}: ${energyText(subject.byCause[cause]!, subject.machine.unit)}`,
  ...subject.rows
    .filter(({ byCause }) => (byCause[cause] ?? 0) > 0)
    .map(({ name, byCause }) =>
      share(`${name}/${cause}`, byCause[cause]!, subject.byCause[cause]!, subject.machine.unit),
    ),
];

const explainRow = (subject: EnergySubject, row: EnergyRow): string[] => [
  `${row.name}: ${figure(row.energy, subject.machine.unit)}  (${row.node}${row.fused.length > 0 ? `, with ${row.fused.join(", ")}` : ""})`,
  ...Object.entries(row.choices).map(([key, value]) => `  ${key}: ${value}`),
  ...Object.keys(row.byCause).flatMap((cause) => explainTerms(subject, row, cause).map((line) => `  ${line}`)),
];

function explainTerms(subject: EnergySubject, row: EnergyRow, cause: string): string[] {
  return row.terms
    .filter((term) => term.cause === cause)
    .flatMap((term) => {
      const price = subject.prices.find(({ id }) => id === term.price)!;
      return [
        `${term.node} › ${cause}: ${figure(term.energy, subject.machine.unit)}`,
        `  count    ${term.count}  ${term.rule}`,
        `  action   ${term.action}${term.operands === "" ? "" : ` on ${term.operands}`}`,
        `  scaling  ${term.scaling} = ${term.quantity} × ${term.price}`,
        `  price    ${price.stated}${price.technology === "" ? "" : `, ${price.technology}`}  (${price.place})`,
        ...(price.scaled === null ? [] : [`  node     ${price.scaled}`]),
        ...(price.note === null ? [] : [`  note     ${price.note}`]),
        `  source   ${price.source}`,
        `  range    ${price.rangeSource ?? "the source gives none"}`,
      ];
    });
}

type Unit = EnergySubject["machine"]["unit"];

const figure = ({ lo, mid, hi }: { lo: number; mid: number; hi: number }, unit: Unit): string =>
  `${energyText(mid, unit)}${lo === hi ? "" : ` (${energyText(lo, unit)} to ${energyText(hi, unit)})`}`;

const share = (name: string, energy: number, whole: number, unit: Unit): string =>
  `  ${energyText(energy, unit).padStart(9)}  ${((100 * energy) / whole).toFixed(1).padStart(5)} %  ${name}`;
