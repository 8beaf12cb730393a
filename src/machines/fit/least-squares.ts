/**
 * @file Least squares with coefficients that are not negative (Lawson and Hanson 1974, chapter 23), and what the columns
 * leave undetermined. Matrices are arrays of columns; a dozen columns at most, so everything is dense and plain.
 */

export type Columns = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
const minus = (a: readonly number[], b: readonly number[], factor: number): number[] =>
  a.map((value, i) => value - factor * b[i]!);

/** Orthonormal columns and the upper triangle, by Gram and Schmidt, twice over for accuracy. */
function factorise(columns: Columns): { q: number[][]; r: number[][] } {
  const q: number[][] = [];
  const r: number[][] = columns.map(() => columns.map(() => 0));
  columns.forEach((column, j) => {
    let rest: number[] = [...column];
    for (let pass = 0; pass < 2; pass++) {
      q.forEach((direction, i) => {
        const share = dot(direction, rest);
        r[i]![j]! += share;
        rest = minus(rest, direction, share);
      });
    }
    const length = norm(rest);
    r[j]![j] = length;
    q.push(rest.map((value) => value / length));
  });
  return { q, r };
}

/** r·x = y for an upper triangle. */
function backSubstitute(r: readonly (readonly number[])[], y: readonly number[]): number[] {
  const x = y.map(() => 0);
  for (let i = y.length - 1; i >= 0; i--) {
    let sum = y[i]!;
    for (let j = i + 1; j < y.length; j++) sum -= r[i]![j]! * x[j]!;
    x[i] = sum / r[i]![i]!;
  }
  return x;
}

/** The x that makes ‖columns·x − target‖ least. The columns must be independent. */
export function leastSquares(columns: Columns, target: readonly number[]): number[] {
  const { q, r } = factorise(columns);
  return backSubstitute(
    r,
    q.map((direction) => dot(direction, target)),
  );
}

/** Diagonal of (AᵀA)⁻¹: variances of the coefficients for errors of variance 1. */
export function variances(columns: Columns): number[] {
  const { r } = factorise(columns);
  const inverse = columns.map((_, k) =>
    backSubstitute(
      r,
      columns.map((__, i) => (i === k ? 1 : 0)),
    ),
  );
  return columns.map((_, i) => inverse.reduce((sum, column) => sum + column[i]! ** 2, 0));
}

export interface Dependence {
  /** A column that follows from others, and which. */
  readonly column: number;
  readonly on: readonly number[];
}

/** Columns that are combinations of others, to a part in ten million of their length. */
export function dependences(columns: Columns): Dependence[] {
  const kept: number[] = [];
  const found: Dependence[] = [];
  const unit = columns.map((column) => {
    const length = norm(column);
    return length === 0 ? column : column.map((value) => value / length);
  });
  unit.forEach((column, j) => {
    const basis = kept.map((i) => unit[i]!);
    const x = basis.length === 0 ? [] : leastSquares(basis, column);
    const rest = x.reduce<readonly number[]>((left, factor, i) => minus(left, basis[i]!, factor), column);
    if (norm(rest) > 1e-7) kept.push(j);
    else found.push({ column: j, on: kept.filter((_, i) => Math.abs(x[i]!) > 1e-6) });
  });
  return found;
}

/** The x ≥ 0 that makes ‖columns·x − target‖ least. The columns must be independent. */
export function nonNegativeLeastSquares(columns: Columns, target: readonly number[]): number[] {
  // coefficients in units of the columns' lengths, so that one tolerance fits all
  const lengths = columns.map(norm);
  const unit = columns.map((column, i) => column.map((value) => value / lengths[i]!));
  const tolerance = 1e-10 * norm(target);
  const free = new Set<number>();
  let x = columns.map(() => 0);
  const restOf = (point: readonly number[]) =>
    point.reduce<readonly number[]>((left, factor, i) => minus(left, unit[i]!, factor), target);
  for (let round = 0; round < 3 * columns.length + 10; round++) {
    const rest = restOf(x);
    const slopes = unit.map((column, i) => (free.has(i) ? Number.NEGATIVE_INFINITY : dot(column, rest)));
    const steepest = slopes.indexOf(Math.max(...slopes));
    if (free.size === columns.length || slopes[steepest]! <= tolerance) break;
    free.add(steepest);
    for (;;) {
      const order = [...free].sort((a, b) => a - b);
      const solved = leastSquares(
        order.map((i) => unit[i]!),
        target,
      );
      const next = x.map(() => 0);
      order.forEach((i, k) => {
        next[i] = solved[k]!;
      });
      const blocked = order.filter((i) => next[i]! <= 0);
      if (blocked.length === 0) {
        x = next;
        break;
      }
      // as far towards the solution as stays feasible; what reaches zero stays there
      const step = Math.min(...blocked.map((i) => x[i]! / (x[i]! - next[i]!)));
      x = x.map((value, i) => value + step * (next[i]! - value));
      for (const i of blocked) if (x[i]! <= 1e-14 * norm(target)) free.delete(i);
      x = x.map((value, i) => (free.has(i) ? value : 0));
    }
  }
  return x.map((value, i) => value / lengths[i]!);
}
