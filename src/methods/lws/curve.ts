/**
 * @file Which networks on the way are worth being measured on the test examples. Only points of a front are ever read, and a deep
 * network has dozens of steps, so the choice is made by what is known for nothing: accuracy on the validation examples, by which
 * each step was decided, and the saving by the tables of the network that the row starts from.
 */

import { frontOf } from "../../base/front.ts";
import type { NetworkState } from "./network.ts";

export interface WayPoint {
  readonly step: string;
  readonly state: NetworkState;
  /** On the validation examples. */
  readonly accuracy: number;
  /** By the baseline's tables. */
  readonly saving: number;
}

/** Points of a row's curve: an evaluation on the test examples, and traces, each. */
export const MOST_POINTS = 8;

/** Those that no other one beats in both, in their order; of more than `most`, the ends and evenly many between by saving. */
export function worthMeasuring<Point extends Pick<WayPoint, "accuracy" | "saving">>(
  points: readonly Point[],
  most = MOST_POINTS,
): Point[] {
  const front = frontOf(points).reverse();
  const last = front.length - 1;
  const chosen = new Set(
    front.length <= most ? front : Array.from({ length: most }, (_, i) => front[Math.round((i * last) / (most - 1))]!),
  );
  return points.filter((point) => chosen.has(point));
}
