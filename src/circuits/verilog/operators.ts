/**
 * @file What expressions are built with. Each function checks widths and signs and says what it refuses; results have the
 * width of their operands (arithmetic is modulo 2^width) unless the function says otherwise.
 */

import { fail } from "../../base/errors.ts";
import {
  type BinaryOperator,
  checkWidth,
  constant,
  describe,
  type Expression,
  type ShiftOperator,
  typeText,
  type UnaryOperator,
  unsigned,
} from "./expression.ts";

const text = (operator: string, ...operands: readonly Expression[]): string =>
  operands.length === 1
    ? `${operator}${describe(operands[0]!)}`
    : operands.map((e) => describe(e)).join(` ${operator} `);

/** One width and one sign, or a message that says which trap this was. */
function requireAlike(operator: string, a: Expression, b: Expression): void {
  const where = text(operator, a, b);
  if (a.signed !== b.signed) {
    const raw = [a, b].find((e) => !e.signed && (e.kind === "concat" || e.kind === "slice"));
    if (raw !== undefined) {
      fail({
        code: "circuits.unsigned-concat",
        where,
        message: `a ${raw.kind === "concat" ? "concatenation" : "part-select"} is unsigned in Verilog, and would make the whole expression unsigned`,
        expected: "operands of one sign",
        got: `${describe(a)} is ${typeText(a)}, ${describe(b)} is ${typeText(b)}`,
        hint: `say what it means: asSigned(${describe(raw)})`,
      });
    }
    fail({
      code: "circuits.mixed-sign",
      where,
      message: "operands have different signs; Verilog would take both as unsigned",
      got: `${describe(a)} is ${typeText(a)}, ${describe(b)} is ${typeText(b)}`,
      hint: "extend the unsigned one by a bit and use asSigned, or asUnsigned the other",
    });
  }
  if (a.width !== b.width) {
    fail({
      code: "circuits.width",
      where,
      message: "operands have different widths",
      got: `${describe(a)} is ${typeText(a)}, ${describe(b)} is ${typeText(b)}`,
      hint: "extend the narrower or truncate the wider",
    });
  }
}

function requireBit(what: string, e: Expression): void {
  if (e.width === 1 && !e.signed) return;
  fail({
    code: "circuits.width",
    where: describe(e),
    message: `${what} is one unsigned bit`,
    got: typeText(e),
    hint: "compare it, or use reduceOr",
  });
}

function binary(operator: BinaryOperator, a: Expression, b: Expression): Expression {
  requireAlike(operator, a, b);
  return { kind: "binary", operator, a, b, width: a.width, signed: a.signed };
}

function compare(operator: BinaryOperator, a: Expression, b: Expression): Expression {
  requireAlike(operator, a, b);
  return { kind: "binary", operator, a, b, ...unsigned(1) };
}

const unary = (operator: UnaryOperator, a: Expression, width = a.width, signed = a.signed): Expression => ({
  kind: "unary",
  operator,
  a,
  width,
  signed,
});

export const add = (a: Expression, b: Expression): Expression => binary("+", a, b);
export const subtract = (a: Expression, b: Expression): Expression => binary("-", a, b);
export const and = (a: Expression, b: Expression): Expression => binary("&", a, b);
export const or = (a: Expression, b: Expression): Expression => binary("|", a, b);
export const xor = (a: Expression, b: Expression): Expression => binary("^", a, b);
export const not = (a: Expression): Expression => unary("~", a);
export const nor = (a: Expression, b: Expression): Expression => not(or(a, b));
export const negate = (a: Expression): Expression => unary("-", a);

/** The full product: its width is the sum of the widths. */
export function multiply(a: Expression, b: Expression): Expression {
  if (a.signed !== b.signed) requireAlike("*", a, b);
  const width = a.width + b.width;
  return binary("*", extend(a, width), extend(b, width));
}

export const equal = (a: Expression, b: Expression): Expression => compare("==", a, b);
export const notEqual = (a: Expression, b: Expression): Expression => compare("!=", a, b);
export const less = (a: Expression, b: Expression): Expression => compare("<", a, b);
export const lessOrEqual = (a: Expression, b: Expression): Expression => compare("<=", a, b);
export const greater = (a: Expression, b: Expression): Expression => compare(">", a, b);
export const greaterOrEqual = (a: Expression, b: Expression): Expression => compare(">=", a, b);

export const reduceAnd = (a: Expression): Expression => unary("&", a, 1, false);
export const reduceOr = (a: Expression): Expression => unary("|", a, 1, false);
export const reduceXor = (a: Expression): Expression => unary("^", a, 1, false);

function shift(operator: ShiftOperator, a: Expression, by: Expression | number): Expression {
  const amount = typeof by === "number" ? shiftConstant(by) : by;
  if (amount.signed) {
    fail({ code: "circuits.mixed-sign", where: describe(amount), message: "a shift amount is unsigned" });
  }
  return { kind: "shift", operator, a, by: amount, width: a.width, signed: a.signed };
}

const shiftConstant = (by: number): Expression => {
  checkWidth(by + 1, "shift amount");
  return constant(by, unsigned(Math.max(1, by.toString(2).length)));
};

/** a · 2^by modulo 2^width. */
export const shiftLeft = (a: Expression, by: Expression | number): Expression => shift("<<", a, by);
/** Zeros enter from the left. */
export const shiftRightLogical = (a: Expression, by: Expression | number): Expression => shift(">>", a, by);

/** ⌊a / 2^by⌋ of a signed value. @throws FemtoError on unsigned operands, of which Verilog's `>>>` shifts zeros in */
export function shiftRightArithmetic(a: Expression, by: Expression | number): Expression {
  if (!a.signed) {
    const isRaw = a.kind === "concat" || a.kind === "slice";
    fail({
      code: isRaw ? "circuits.unsigned-concat" : "circuits.mixed-sign",
      where: `${describe(a)} >>> …`,
      message: isRaw
        ? "concatenations and part-selects are unsigned in Verilog, so >>> would shift zeros in"
        : "the operand is unsigned, so >>> would shift zeros in",
      expected: "a signed operand",
      got: typeText(a),
      hint: `asSigned(${describe(a)}), or shiftRightLogical`,
    });
  }
  return shift(">>>", a, by);
}

/** Bits side by side, the most significant first. The result is unsigned, as in Verilog. */
export function concat(...parts: readonly Expression[]): Expression {
  if (parts.length === 0) fail({ code: "circuits.width", where: "concat", message: "nothing to put side by side" });
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  return { kind: "concat", parts: parts.flatMap((e) => (e.kind === "concat" ? e.parts : [e])), ...unsigned(width) };
}

/** `count` copies of a. Unsigned. */
export const replicate = (count: number, a: Expression): Expression =>
  concat(...Array.from({ length: checkWidth(count, "replicate") }, () => a));

/** Bits high..low of a, both included. The result is unsigned, as in Verilog. */
export function slice(a: Expression, high: number, low: number): Expression {
  if (!Number.isInteger(high) || !Number.isInteger(low) || low < 0 || high < low || high >= a.width) {
    fail({
      code: "circuits.slice",
      where: `${describe(a)}[${high}:${low}]`,
      message: "there are no such bits",
      expected: `bits ${a.width - 1} to 0`,
    });
  }
  if (a.kind === "constant") {
    const width = high - low + 1;
    return constant(BigInt.asUintN(width, a.value >> BigInt(low)), unsigned(width));
  }
  return { kind: "slice", a, high, low, ...unsigned(high - low + 1) };
}

export const bit = (a: Expression, index: number): Expression => slice(a, index, index);

/** The bit of `table` that `index` points at; every index has a bit. */
export function select(table: Expression, index: Expression): Expression {
  if (index.signed || 2 ** index.width !== table.width) {
    fail({
      code: "circuits.slice",
      where: `${describe(table)}[${describe(index)}]`,
      message: "an unsigned index of k bits selects from exactly 2^k bits",
      got: `index ${typeText(index)}, ${table.width} bits`,
    });
  }
  return { kind: "select", a: table, index, ...unsigned(1) };
}

/** The same value in at least as many bits: sign bits or zeros, by the operand's sign. */
export function extend(a: Expression, width: number): Expression {
  checkWidth(width, `extend(${describe(a)}, …)`);
  if (width < a.width) {
    fail({
      code: "circuits.width",
      where: `extend(${describe(a)}, ${width})`,
      message: "extending cannot make a value narrower",
      got: typeText(a),
      hint: "use truncate, which drops the upper bits",
    });
  }
  if (width === a.width) return a;
  if (a.kind === "constant") return constant(a.value, { width, signed: a.signed });
  return { kind: "extend", a, width, signed: a.signed };
}

/** The lower bits with the operand's sign; upper bits are dropped (the value changes where it does not fit). */
export function truncate(a: Expression, width: number): Expression {
  if (width === a.width) return a;
  const low = slice(a, width - 1, 0);
  return a.signed ? asSigned(low) : low;
}

/** `extend` or `truncate`, whichever it takes. */
export const resize = (a: Expression, width: number): Expression =>
  width >= a.width ? extend(a, width) : truncate(a, width);

function cast(a: Expression, signed: boolean): Expression {
  if (a.signed === signed) return a;
  const { width } = a;
  if (a.kind === "constant") {
    return constant(signed ? BigInt.asIntN(width, a.value) : BigInt.asUintN(width, a.value), { width, signed });
  }
  return { kind: "cast", a, width, signed };
}

/** The same bits read as two's complement (`$signed`). */
export const asSigned = (a: Expression): Expression => cast(a, true);
/** The same bits read as an unsigned number (`$unsigned`). */
export const asUnsigned = (a: Expression): Expression => cast(a, false);
/** An unsigned value as a signed one that is a bit wider and equal. */
export const toSigned = (a: Expression): Expression => (a.signed ? a : asSigned(extend(a, a.width + 1)));

/** `when ? yes : no`. */
export function mux(when: Expression, yes: Expression, no: Expression): Expression {
  requireBit("a condition", when);
  requireAlike("?:", yes, no);
  return { kind: "mux", when, yes, no, width: yes.width, signed: yes.signed };
}
