/** @file The front of points of which more saving costs accuracy. */

export interface FrontPoint {
  readonly accuracy: number;
  readonly saving: number;
}

/** Points that no other one beats in both, by rising saving: their accuracy falls. */
export function frontOf<Point extends FrontPoint>(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => b.saving - a.saving || b.accuracy - a.accuracy);
  let best = Number.NEGATIVE_INFINITY;
  const front = sorted.filter(({ accuracy }) => {
    const isBetter = accuracy > best;
    if (isBetter) best = accuracy;
    return isBetter;
  });
  return front.reverse();
}
