/**
 * @file Does an order of two bills hold when prices vary over their ranges? Prices that both bills pay move together,
 * so what two assignments share cancels. Two machines share a price where component, figure and source are the same.
 */

import { Rng } from "../base/rng.ts";
import type { Range } from "../machines/index.ts";
import type { Bill } from "./bill.ts";
import type { PriceUse } from "./price-use.ts";
import { quantities } from "./ratio.ts";

export interface OrderCheck {
  /** Share of the drawn price lists in which the cheaper bill stays the cheaper one. */
  readonly holds: number;
  readonly samples: number;
  /** How prices were drawn. */
  readonly law: "log-uniform between low and high";
}

/** Draws every price log-uniformly from its range; a price with low = 0 uniformly. */
function draw({ lo, hi }: Range, random: Rng): number {
  const u = random.uniform();
  return lo > 0 ? lo * (hi / lo) ** u : lo + (hi - lo) * u;
}

/** Ids are unique within one machine only: `sram.read` of two machines may be two prices. */
const identity = ({ id, energy, source }: PriceUse): string => JSON.stringify([id, energy, source]);

/** How often a bill pays each of its prices, by their identity. */
function paidBy({ rows, prices }: Bill): Map<string, number> {
  const paid = quantities(rows);
  return new Map(prices.map((price) => [identity(price), paid.get(price.id) ?? 0]));
}

/** How often `a < b` stays true (or `a > b`, where that is the stated order). */
export function orderHolds(a: Bill, b: Bill, { samples = 1000, seed = 1 } = {}): OrderCheck {
  const random = new Rng(seed, "prices");
  const prices = new Map([...a.prices, ...b.prices].map((price) => [identity(price), price.energy]));
  const [paidA, paidB] = [paidBy(a), paidBy(b)];
  const sign = Math.sign(b.total.mid - a.total.mid);
  let kept = 0;
  for (let i = 0; i < samples; i++) {
    let difference = 0;
    for (const [id, range] of prices) difference += ((paidB.get(id) ?? 0) - (paidA.get(id) ?? 0)) * draw(range, random);
    if (Math.sign(difference) === sign) kept++;
  }
  return { holds: kept / samples, samples, law: "log-uniform between low and high" };
}
