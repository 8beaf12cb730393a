/**
 * @file What a comparison with weightless blocks comes to, among rows that saw the same number of tokens: how much of the
 * gap between no MLPs and dense ones is closed, (no MLP − weightless)/(no MLP − dense) of losses, the same of accuracies;
 * what the blocks cost beside the MLPs; and what the rest of the network, attention above all, leaves to gain (Amdahl).
 */

import { isLoss, percentText, type ReportRow } from "../reports/index.ts";

/** The rows that a weightless one is held against: with its own history where it starts from a trained network. */
function endsOf(rows: readonly ReportRow[], { name }: ReportRow): { floor: ReportRow; ceiling: ReportRow } | undefined {
  const rest = name.includes("warm start") ? ", continued" : "";
  const find = (stem: string) => rows.find((row) => row.name === stem + rest) ?? rows.find((row) => row.name === stem);
  const [floor, ceiling] = [find("no MLP"), find("dense")];
  return floor && ceiling && { floor, ceiling };
}

/**
 * The share of the gap that a row closes: 0 as without MLPs, 1 as dense; `undefined` where one of the ends is missing, or
 * where the dense network is no better than the one without MLPs.
 */
export function gapShare(rows: readonly ReportRow[], row: ReportRow): number | undefined {
  const ends = endsOf(rows, row);
  if (ends === undefined) return undefined;
  const [floor, ceiling] = [ends.floor.accuracy.value, ends.ceiling.accuracy.value];
  const hasGap = isLoss(row.accuracy) ? ceiling < floor : ceiling > floor;
  return hasGap ? (floor - row.accuracy.value) / (floor - ceiling) : undefined;
}

/** One sentence a weightless row on accuracy, one on energy. */
export function gapSentences(rows: readonly ReportRow[]): string[] {
  return rows.flatMap((row) => {
    const ends = row.kind === "quweit" ? endsOf(rows, row) : undefined;
    return ends === undefined ? [] : [accuracySentence(rows, row, ends), energySentence(row, ends)];
  });
}

type Ends = NonNullable<ReturnType<typeof endsOf>>;

function accuracySentence(rows: readonly ReportRow[], row: ReportRow, { floor, ceiling }: Ends): string {
  const inNats = isLoss(row.accuracy);
  const text = (x: number) => (inNats ? x.toFixed(3) : (100 * x).toFixed(2));
  const apart = inNats ? row.accuracy.value - ceiling.accuracy.value : ceiling.accuracy.value - row.accuracy.value;
  const share = gapShare(rows, row);
  const ends = [floor, ceiling].map(({ name, accuracy }) => `"${name}" (${text(accuracy.value)})`).join(" and ");
  const behind = `${text(apart)} ${inNats ? "nats" : "points"} behind the latter`;
  if (share === undefined) return `${row.name}: there is no gap between ${ends} to close; ${behind}.`;
  return `${row.name}: closes ${percentText(share)} of the gap between ${ends}, ${behind}.`;
}

/** Networks of the zoo, and most exporters, name the parts of an attention after it. */
const isAttention = (name: string): boolean => /attention|attn/i.test(name);

/** MLPs and blocks with the layer norms in front of them: what a row has beyond the one without. */
function energySentence(row: ReportRow, { floor, ceiling }: Ends): string {
  const [own, dense] = [row, ceiling].map(({ energy }) => energy.pJ - floor.energy.pJ) as [number, number];
  const rest = floor.energy.pJ / ceiling.energy.pJ;
  const share = (pJ: number) => percentText(pJ / ceiling.energy.pJ);
  const attention = floor.layers.reduce((sum, { name, pJ }) => (isAttention(name) ? sum + pJ : sum), 0);
  const inside = row.layers.filter(({ operator }) => operator.startsWith("femto."));
  const macs = inside.reduce((sum, { mac }) => sum + mac, 0);
  return (
    `${row.name}: ${macs} multiplications in the blocks; they take ${(own / dense).toFixed(3)} of the energy of the 8-bit ` +
    `MLPs. The rest of the network holds ${share(floor.energy.pJ)} of the dense one's energy` +
    `${attention === 0 ? "" : ` (attention ${share(attention)})`}, so that blocks for nothing would ` +
    `make the whole ${(1 / rest).toFixed(2)}× better; these make it ${(ceiling.energy.pJ / row.energy.pJ).toFixed(2)}×.`
  );
}
