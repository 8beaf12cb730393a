/**
 * @file Orderings: the loops in time, cut into prime factors, in every different order. Where there are more factors
 * than the limit, the smallest two of the most divided loop are multiplied until there are not.
 * [source: LOMA, Symons et al., AICAS 2021]
 */

import { fail } from "../../base/errors.ts";
import type { Problem } from "./problem.ts";

/** A piece of a loop: index of `layer.loops`, and steps. */
export interface Piece {
  readonly loop: number;
  readonly size: number;
}

/** What an order is held to, from the innermost piece out. `size` absent: any. `rest`: any pieces may stand here. */
export interface OrderRule {
  readonly inner: readonly PieceRule[];
  readonly outer: readonly PieceRule[];
}

export interface PieceRule {
  readonly loop: string;
  readonly size?: number;
}

/**
 * The pieces to be put in order. Sizes that a rule demands are pieces of their own.
 * @throws FemtoError `nest.order`
 */
export function piecesOf(
  { layer, unrolling }: Problem,
  limit: number,
  { inner, outer }: OrderRule = anyOrder,
): Piece[] {
  const fixed = [...inner, ...outer].filter((rule) => rule.size !== undefined);
  const loops = layer.loops.map(({ name }, loop) => {
    const steps = unrolling.steps[loop]!;
    const demanded = fixed.filter((rule) => rule.loop === name).map((rule) => rule.size!);
    const rest = demanded.reduce((left, size) => left / size, steps);
    if (!Number.isSafeInteger(rest) || demanded.some((size) => size < 1)) {
      fail({
        code: "nest.order",
        where: `layer ${layer.name}`,
        message: `loop ${name} cannot be cut as demanded`,
        expected: `factors of its ${steps} steps in time`,
        got: demanded.join(" · "),
      });
    }
    return { loop, demanded: demanded.filter((size) => size > 1), free: primeFactors(rest) };
  });
  const count = () => loops.reduce((sum, { demanded, free }) => sum + demanded.length + free.length, 0);
  while (count() > limit) {
    const most = loops.reduce((a, b) => (weight(b) > weight(a) ? b : a));
    // every loop is whole already: the limit is too low
    if (weight(most) === 0) break;
    const [first, second, ...others] = most.free as [number, number, ...number[]];
    most.free = [...others, first * second].sort((a, b) => a - b);
  }
  return loops.flatMap(({ loop, demanded, free }) => [...demanded, ...free].map((size) => ({ loop, size })));
}

export const anyOrder: OrderRule = { inner: [], outer: [] };

/** Pieces of a loop that can still be joined. */
const weight = ({ demanded, free }: { demanded: readonly number[]; free: readonly number[] }): number =>
  free.length < 2 ? 0 : demanded.length + free.length;

/** Rising, with repeats: 12 → 2, 2, 3. */
export function primeFactors(value: number): number[] {
  const factors: number[] = [];
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime++) {
    while (rest % prime === 0) {
      factors.push(prime);
      rest /= prime;
    }
  }
  return rest > 1 ? [...factors, rest] : factors;
}

/**
 * Every different order of the pieces that obeys the rule.
 * @throws FemtoError `nest.order` where the rule asks for more pieces, or for loops that there are not
 */
export function* orderings(
  { layer }: Problem,
  pieces: readonly Piece[],
  { inner, outer }: OrderRule = anyOrder,
): Generator<readonly Piece[]> {
  const indexOf = (name: string) => layer.loops.findIndex((entry) => entry.name === name);
  // Rules for loops that take no time (unrolled as a whole, or of one step) have nothing to order.
  const matters = (rule: PieceRule) => pieces.some(({ loop }) => loop === indexOf(rule.loop));
  const [first, last] = [inner.filter(matters), outer.filter(matters)];
  const stranger = [...inner, ...outer].find((rule) => indexOf(rule.loop) < 0);
  if (stranger !== undefined || first.length + last.length > pieces.length) {
    fail({
      code: "nest.order",
      where: `layer ${layer.name}`,
      message:
        stranger === undefined ? "the order names more pieces than there are" : `there is no loop ${stranger.loop}`,
      expected: pieces.map(({ loop, size }) => `${layer.loops[loop]!.name} ${size}`).join(", ") || "no loops",
      got: [...inner, ...outer].map(({ loop, size = "*" }) => `${loop} ${size}`).join(", "),
    });
  }
  const ruleAt = (place: number): PieceRule | undefined => first[place] ?? last[place - (pieces.length - last.length)];
  const kinds = [...new Map(pieces.map((piece) => [`${piece.loop}.${piece.size}`, piece])).values()];
  const left = kinds.map((kind) => pieces.filter(({ loop, size }) => loop === kind.loop && size === kind.size).length);
  const order: Piece[] = [];
  function* visit(): Generator<readonly Piece[]> {
    if (order.length === pieces.length) {
      yield order;
      return;
    }
    const rule = ruleAt(order.length);
    for (const [kind, piece] of kinds.entries()) {
      if (left[kind] === 0) continue;
      if (rule !== undefined && (piece.loop !== indexOf(rule.loop) || (rule.size ?? piece.size) !== piece.size))
        continue;
      left[kind] = left[kind]! - 1;
      order.push(piece);
      yield* visit();
      order.pop();
      left[kind] = left[kind]! + 1;
    }
  }
  yield* visit();
}

/** How many different orders there are without a rule: n! / Π repeats!. */
export function countOrderings(pieces: readonly Piece[]): number {
  const seen = new Map<string, number>();
  let count = 1;
  for (const [index, { loop, size }] of pieces.entries()) {
    const key = `${loop}.${size}`;
    const repeats = (seen.get(key) ?? 0) + 1;
    seen.set(key, repeats);
    count = (count * (index + 1)) / repeats;
  }
  return count;
}
