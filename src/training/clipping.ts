/** @file Gradient clipping by global norm (Pascanu et al. 2013): g ← g·min(1, c/‖g‖₂) over a whole group. */

import type { Value } from "../graph/value.ts";
import { type Emit, rankOf } from "../operators/index.ts";

/** Returns the gradients, scaled where their common norm exceeds `limit`; as they are without a limit. */
export function clipByGlobalNorm(g: Emit, gradients: readonly Value[], limit: number | undefined): readonly Value[] {
  if (limit === undefined || gradients.length === 0) return gradients;
  const squares = gradients.map((slope) =>
    g.sum(
      g.mul(slope, slope),
      Array.from({ length: rankOf(slope) }, (_, axis) => axis),
    ),
  );
  const norm = g.op("Sqrt", [squares.reduce((a, b) => g.add(a, b))]);
  const bound = g.scalar(norm, limit);
  // c/max(‖g‖, c) is min(1, c/‖g‖) without a division by zero.
  const factor = g.div(bound, g.op("Max", [norm, bound]));
  return gradients.map((slope) => g.mul(slope, factor));
}
