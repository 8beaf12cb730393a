/** @file Random modules out of every operator: what the interpreter says they mean, other tools must say too. */

import { Rng } from "../../base/rng.ts";
import {
  add,
  and,
  asSigned,
  asUnsigned,
  concat,
  constant,
  type Expression,
  extend,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  type Module,
  ModuleBuilder,
  multiply,
  mux,
  negate,
  not,
  notEqual,
  or,
  rangeOf,
  reduceAnd,
  reduceOr,
  reduceXor,
  resize,
  shiftLeft,
  shiftRightArithmetic,
  shiftRightLogical,
  signed,
  slice,
  subtract,
  unsigned,
  xor,
} from "./index.ts";

const WIDEST = 14;

/** A combinational module with inputs x0… of mixed types and outputs y0…, each a random expression. */
export function randomModule(name: string, seed: number, outputs = 6): Module {
  const rng = new Rng(seed, "random module");
  const m = new ModuleBuilder(name);
  const pool: Expression[] = [];
  for (let i = 0; i < 4; i++)
    pool.push(m.input(`x${i}`, rng.below(2) === 0 ? signed(1 + rng.below(6)) : unsigned(1 + rng.below(6))));
  const pick = () => pool[rng.below(pool.length)]!;
  const wide = (e: Expression) => (e.width > WIDEST ? slice(e, WIDEST - 1, 0) : e);
  const condition = () => {
    const e = pick();
    return rng.below(2) === 0 ? reduceOr(e) : notEqual(e, constant(0, e));
  };
  /** An operand of the type of e. */
  const like = (e: Expression): Expression => {
    const other = resize(pick(), e.width);
    return e.signed ? asSigned(other) : asUnsigned(other);
  };
  const makers: (() => Expression)[] = [
    ...[add, subtract, and, or, xor, less, lessOrEqual, greater, greaterOrEqual, notEqual].map((make) => () => {
      const e = pick();
      return make(e, like(e));
    }),
    ...[not, negate, reduceAnd, reduceOr, reduceXor, asSigned, asUnsigned].map((make) => () => make(pick())),
    () => concat(pick(), pick()),
    () => {
      const e = pick();
      return multiply(e, like(e));
    },
    () => {
      const e = pick();
      const low = rng.below(e.width);
      return slice(e, low + rng.below(e.width - low), low);
    },
    () => extend(pick(), WIDEST),
    () => {
      const e = pick();
      return mux(condition(), e, like(e));
    },
    () => shiftLeft(pick(), rng.below(5)),
    () => shiftRightLogical(pick(), asUnsigned(slice(pick(), 0, 0))),
    () => shiftRightArithmetic(asSigned(pick()), rng.below(5)),
    () => {
      const type = pick();
      const { least, most } = rangeOf(type);
      return constant(least + (BigInt(rng.uint32()) % (most - least + 1n)), type);
    },
  ];
  for (let i = 0; i < 24; i++) {
    const e = wide(makers[rng.below(makers.length)]!());
    pool.push(rng.below(3) === 0 ? m.wire(`w${i}`, e) : e);
  }
  for (let i = 0; i < outputs; i++) m.output(`y${i}`, pool[pool.length - 1 - i]!);
  return m.finish();
}
