/**
 * @file Savings at equal accuracy: the networks that a strategy went through are points of accuracy against saving, and between
 * neighbours of their front it is read what the strategy saves at the accuracy that another one ended with.
 */

import { type FrontPoint, frontOf } from "../../base/front.ts";
import { percentText } from "../format.ts";
import { wilson } from "../interval.ts";
import type { SelectionMethod, SelectionRow } from "./schema.ts";

export interface SavingAt {
  readonly saving: number;
  /** `within`: read between two points; `beyond`: even the point that saves most is more accurate, so this is the least. */
  readonly reach: "within" | "beyond";
}

/** What the front saves at an accuracy, linear between neighbours; `undefined` where it never is as accurate. */
export function savingAt(points: readonly FrontPoint[], accuracy: number): SavingAt | undefined {
  const front = frontOf(points);
  const next = front.findIndex((point) => point.accuracy < accuracy);
  if (next === 0 || front.length === 0) return undefined;
  if (next < 0) return { saving: front.at(-1)!.saving, reach: "beyond" };
  const [a, b] = [front[next - 1]!, front[next]!];
  const t = (a.accuracy - accuracy) / (a.accuracy - b.accuracy);
  return { saving: a.saving + t * (b.saving - a.saving), reach: "within" };
}

/** All points of a method at a seed and on a basis: of every row of it, the int8 network that they start from, and what they ended with. */
export const pointsOf = (rows: readonly SelectionRow[], method: SelectionMethod, seed: number): FrontPoint[] =>
  rows
    .filter((row) => row.method === method && row.seed === seed)
    .flatMap(({ curve = [], accuracy, saving }) => [
      { accuracy: accuracy.baseline, saving: 0 },
      ...curve,
      { accuracy: accuracy.value, saving },
    ]);

export interface AtEqualAccuracy {
  readonly seed: number;
  /** Whose curve is read. */
  readonly method: SelectionMethod;
  /** The row at whose accuracy it is read. */
  readonly target: SelectionRow;
  readonly found: SavingAt | undefined;
}

const others: readonly SelectionMethod[] = ["powerpruning", "magnitude"];

/** A method's files at a seed but those that another of them beats in both: they say nothing of the method. */
function filesOf(rows: readonly SelectionRow[], method: SelectionMethod, seed: number): SelectionRow[] {
  const files = rows.filter((row) => row.method === method && row.seed === seed);
  const front = frontOf(files.map((row) => ({ accuracy: row.accuracy.value, saving: row.saving, row })));
  return files.filter((file) => front.some(({ row }) => row === file));
}

/**
 * For each seed: LWS at the accuracy of every row of PowerPruning and magnitude pruning, and those methods at LWS's, rows
 * that another one of their own method beats left out. Nothing where no row has a curve.
 * @param rows of one basis
 */
export function atEqualAccuracy(rows: readonly SelectionRow[]): AtEqualAccuracy[] {
  const hasCurve = (method: SelectionMethod, seed: number) =>
    rows.some((row) => row.method === method && row.seed === seed && (row.curve ?? []).length > 0);
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  return seeds.flatMap((seed) =>
    others.flatMap((other) => {
      const at = (method: SelectionMethod, of: SelectionMethod) =>
        hasCurve(method, seed)
          ? filesOf(rows, of, seed).map((target) => ({
              ...{ seed, method, target },
              found: savingAt(pointsOf(rows, method, seed), target.accuracy.value),
            }))
          : [];
      return [...at("lws", other), ...at(other, "lws")];
    }),
  );
}

export const equalHead = ["curve of", "seed", "at the accuracy of", "accuracy", "saves there", "the other", "more"];

/** A line for each reading. @param nameOf a method */
export const equalCells = (
  found: readonly AtEqualAccuracy[],
  nameOf: (method: SelectionMethod) => string,
): string[][] =>
  found.map(({ seed, method, target, found: at }) => {
    const { accuracy, saving, name } = target;
    const noise = wilson(accuracy.value, accuracy.examples);
    const half = (50 * (noise.hi - noise.lo)).toFixed(2);
    const least = at?.reach === "beyond" ? "≥ " : "";
    return [
      ...[nameOf(method), `${seed}`, name, `${percentText(accuracy.value)} ± ${half}`],
      at === undefined ? "does not reach it" : `${least}${percentText(at.saving)}`,
      percentText(saving),
      at === undefined ? "–" : `${least}${(100 * (at.saving - saving)).toFixed(1).replace("-", "−")} points`,
    ];
  });

export const overSeedsHead = ["curve of", "at the accuracy of files of", "saves more in", "more, mean", "from", "to"];

/**
 * A line for each pair of a curve and another method whose files it was read at, at several seeds; none where there is one seed. An
 * accuracy that the curve does not reach counts as less saved, and is not in the mean; what is read with ≥ counts as it stands.
 */
export function overSeedsCells(
  found: readonly AtEqualAccuracy[],
  nameOf: (method: SelectionMethod) => string,
): string[][] {
  const isSame = (a: AtEqualAccuracy, b: AtEqualAccuracy) =>
    a.method === b.method && a.target.method === b.target.method;
  const firsts = found.filter((own, i) => found.findIndex((other) => isSame(own, other)) === i);
  return firsts.flatMap((first) => {
    const readings = found.filter((other) => isSame(first, other));
    if (new Set(readings.map(({ seed }) => seed)).size < 2) return [];
    const more = readings.flatMap(({ found: at, target: own }) => (at === undefined ? [] : [at.saving - own.saving]));
    const points = (value: number) => (100 * value).toFixed(1).replace("-", "−");
    const mean = more.reduce((sum, own) => sum + own, 0) / more.length;
    return [
      [
        ...[nameOf(first.method), nameOf(first.target.method)],
        `${more.filter((own) => own > 0).length} of ${readings.length}`,
        ...(more.length === 0 ? ["–", "–", "–"] : [mean, Math.min(...more), Math.max(...more)].map(points)),
      ],
    ];
  });
}

export const equalNote =
  "At equal accuracy: networks along each method's schedule, those it went back from included, and the files it ended with are points of test accuracy and saving (of a row's networks those that none of its others beats on the validation examples, eight at most); what a method saves at another's accuracy is read linearly between neighbours of its front, never beyond it (≥: even its thriftiest network is more accurate). Files that another file of their method beats in both are left out. Networks on the way are tuned more briefly than the files, so a curve lies low. No decision rests on the test examples.";
