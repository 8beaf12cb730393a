/**
 * @file A lookup table as gates. Input by input (last first) the cheapest of three forms is taken: Shannon
 * s ? f1 : f0, positive Davio f0 ⊕ s·(f0 ⊕ f1), negative Davio f1 ⊕ s̄·(f0 ⊕ f1); parts that exist already cost nothing.
 * A random table of six inputs takes about 25 gates, where a tree of multiplexers takes 31 of three gates each.
 */

import { Rng } from "../../base/rng.ts";
import { Decomposition, type Part } from "./decomposition.ts";
import { type Literal, type Logic, nodeOf, not } from "./logic.ts";
import { permuted } from "./tables.ts";

/**
 * Adds the table's function of `inputs` to `logic`.
 * @param table bit a is the output at address a; input 0 counts least
 * @param orders how many orders of the inputs are tried; the one with the fewest new gates is kept
 */
export function synthesise(logic: Logic, inputs: readonly Literal[], table: Uint32Array, orders: number): Literal {
  const n = inputs.length;
  let best: { gates: number; order: readonly number[] } | undefined;
  const candidates = ordersOf(n, orders);
  if (candidates.length > 1) {
    for (const order of candidates) {
      const before = logic.size;
      build(logic, inputs, table, order);
      const gates = logic.size - before;
      logic.truncate(before);
      if (best === undefined || gates < best.gates) best = { gates, order };
    }
  }
  return build(logic, inputs, table, best?.order ?? candidates[0]!);
}

const memory = new Map<string, number[][]>();

/** The given order first, then different random ones. */
function ordersOf(n: number, count: number): number[][] {
  const name = `${n}:${count}`;
  const known = memory.get(name);
  if (known !== undefined) return known;
  const rng = new Rng(n, "orders");
  const orders = [Array.from({ length: n }, (_, k) => k)];
  while (orders.length < count && n > 1) orders.push([...rng.permutation(n)]);
  memory.set(name, orders);
  return orders;
}

function build(logic: Logic, inputs: readonly Literal[], table: Uint32Array, order: readonly number[]): Literal {
  const n = inputs.length;
  const parts = new Decomposition();
  const root = parts.add(permuted(table, n, order), n);
  const built = new Array<Literal | undefined>(parts.inputs.length);
  built[0] = 0;
  const costs = new Array<number | undefined>(parts.inputs.length);

  const costOf = (part: Part): number => {
    const entry = nodeOf(part);
    if (built[entry] !== undefined) return 0;
    costs[entry] ??= planOf(entry).cost;
    return costs[entry];
  };

  /** The cheapest way to an entry. */
  const planOf = (entry: number): { cost: number; form: "input" | "shannon" | "positive" | "negative" } => {
    if (parts.inputs[entry] === 1) return { cost: 0, form: "input" };
    const [zero, one, difference] = [parts.zero[entry]!, parts.one[entry]!, parts.difference[entry]!];
    if (difference <= 1) return { cost: difference + costOf(zero), form: "positive" };
    if (zero <= 1 || one <= 1) return { cost: 1 + costOf(zero) + costOf(one), form: "shannon" };
    const [costZero, costOne, costDifference] = [costOf(zero), costOf(one), costOf(difference)];
    const shannon = 3 + costZero + costOne;
    const positive = 2 + costZero + costDifference;
    const negative = 2 + costOne + costDifference;
    if (positive <= negative && positive <= shannon) return { cost: positive, form: "positive" };
    return negative <= shannon ? { cost: negative, form: "negative" } : { cost: shannon, form: "shannon" };
  };

  const make = (part: Part): Literal => (makeEntry(nodeOf(part)) ^ (part & 1)) as Literal;

  const makeEntry = (entry: number): Literal => {
    const known = built[entry];
    if (known !== undefined) return known;
    const select = inputs[order[parts.inputs[entry]! - 1]!]!;
    const { form } = planOf(entry);
    let literal: Literal;
    if (form === "input") literal = select;
    else if (form === "shannon") literal = logic.mux(select, make(parts.one[entry]!), make(parts.zero[entry]!));
    else if (form === "positive") {
      const rest = make(parts.zero[entry]!);
      literal = logic.xor(rest, logic.and(select, make(parts.difference[entry]!)));
    } else {
      const rest = make(parts.one[entry]!);
      literal = logic.xor(rest, logic.and(not(select), make(parts.difference[entry]!)));
    }
    built[entry] = literal;
    return literal;
  };

  return make(root);
}
