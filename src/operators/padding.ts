/** @file Padding along one axis: which element each place of the padded axis takes. */

export type PadMode = "constant" | "reflect" | "edge" | "wrap";

/**
 * The source of every place of an axis of `length` elements, with `before` and `after` more (fewer where negative);
 * −1 where `constant` fills. Reflection leaves the border element out and goes on back and forth; negative amounts are
 * cut off first.
 */
export function padPositions(length: number, before: number, after: number, mode: PadMode): Int32Array {
  const from = Math.max(0, -before);
  const count = Math.max(0, length - from - Math.max(0, -after));
  const places = Int32Array.from({ length: Math.max(0, length + before + after) }, (_, i) => i - Math.max(0, before));
  const modulo = (i: number, period: number) => ((i % period) + period) % period;
  const source: Record<PadMode, (i: number) => number> = {
    constant: (i) => (i >= 0 && i < count ? i : Number.NaN),
    edge: (i) => Math.min(count - 1, Math.max(0, i)),
    wrap: (i) => modulo(i, count),
    reflect: (i) => {
      if (count === 1) return 0;
      const folded = modulo(i, 2 * count - 2);
      return folded < count ? folded : 2 * count - 2 - folded;
    },
  };
  return places.map((i) => {
    const place = source[mode](i);
    return Number.isNaN(place) ? -1 : from + place;
  });
}
