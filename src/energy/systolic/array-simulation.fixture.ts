/**
 * @file A systolic array, register by register and cycle by cycle: what the closed form of a fold is held against. Matrices
 * are rows of numbers; the product of a (rows × depth) and b (depth × columns) comes back with the cycles it took.
 */

type Matrix = readonly (readonly number[])[];

export interface Simulated {
  readonly product: number[][];
  /** Until the last result has left the array. */
  readonly cycles: number;
}

const grid = (rows: number, cols: number, value = 0) =>
  Array.from({ length: rows }, () => Array<number>(cols).fill(value));

/**
 * Output-stationary: a enters from the left, b from the top, each row and column a cycle later than the one before. When the
 * lowest element of a column is done, the column shifts its results out at the bottom, one a cycle.
 */
export function simulateOutputStationary(a: Matrix, b: Matrix): Simulated {
  const [rows, depth, cols] = [a.length, b.length, b[0]!.length];
  const product = grid(rows, cols);
  const done = grid(rows, cols);
  const left = Array<number>(cols).fill(0);
  let [right, down] = [grid(rows, cols, Number.NaN), grid(rows, cols, Number.NaN)];
  const out = grid(rows, cols);
  for (let cycle = 0; ; cycle++) {
    const [nextRight, nextDown] = [grid(rows, cols, Number.NaN), grid(rows, cols, Number.NaN)];
    for (let c = 0; c < cols; c++) {
      // a column whose lowest element finished in an earlier cycle lets one result go
      if (done[rows - 1]![c] === depth && left[c]! < rows) {
        const r = rows - 1 - left[c]!++;
        out[r]![c] = product[r]![c]!;
        if (left.every((count) => count === rows)) return { product: out, cycles: cycle + 1 };
      }
      for (let r = 0; r < rows; r++) {
        const x = c > 0 ? right[r]![c - 1]! : (a[r]![cycle - r] ?? Number.NaN);
        const w = r > 0 ? down[r - 1]![c]! : (b[cycle - c]?.[c] ?? Number.NaN);
        nextRight[r]![c] = x;
        nextDown[r]![c] = w;
        if (Number.isNaN(x) || Number.isNaN(w)) continue;
        product[r]![c]! += x * w;
        done[r]![c]!++;
      }
    }
    [right, down] = [nextRight, nextDown];
  }
}

/**
 * Weight-stationary: b is loaded row by row in as many cycles as the array has rows; then the columns of a enter from the
 * left, each row a cycle later than the one before, and sums run down and leave at the bottom.
 */
export function simulateWeightStationary(a: Matrix, b: Matrix): Simulated {
  const [steps, rows, cols] = [a.length, b.length, b[0]!.length];
  const out = grid(steps, cols);
  let left = 0;
  let [right, down] = [grid(rows, cols, Number.NaN), grid(rows, cols, Number.NaN)];
  for (let cycle = 0; ; cycle++) {
    const [nextRight, nextDown] = [grid(rows, cols, Number.NaN), grid(rows, cols, Number.NaN)];
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < cols; c++) {
        const x = c > 0 ? right[r]![c - 1]! : (a[cycle - r]?.[r] ?? Number.NaN);
        const sum = r > 0 ? down[r - 1]![c]! : 0;
        nextRight[r]![c] = x;
        if (Number.isNaN(x)) continue;
        nextDown[r]![c] = sum + x * b[r]![c]!;
        if (r < rows - 1) continue;
        out[cycle - r - c]![c] = nextDown[r]![c]!;
        // loading took one cycle for each row
        if (++left === steps * cols) return { product: out, cycles: rows + cycle + 1 };
      }
    }
    [right, down] = [nextRight, nextDown];
  }
}
