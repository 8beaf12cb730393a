/**
 * @file Verilog expressions with a width and a sign that are checked when they are made.
 *
 * The rules are stricter than Verilog's, so that the value an expression has here is the value every tool gives it:
 * operands of one operator have one width and one sign, and nothing is widened or reinterpreted silently. The trap this
 * closes is that concatenations and part-selects are unsigned whatever their operands are, and that one unsigned operand
 * makes a whole Verilog expression unsigned (so that `>>>` shifts zeros in).
 */

import { fail } from "../../base/errors.ts";

/** Width in bits and sign; a signed value is two's complement. */
export interface NumberType {
  readonly width: number;
  readonly signed: boolean;
}

export type UnaryOperator = "~" | "-" | "&" | "|" | "^";
export type BinaryOperator = "+" | "-" | "*" | "&" | "|" | "^" | "<" | "<=" | ">" | ">=" | "==" | "!=";
export type ShiftOperator = "<<" | ">>" | ">>>";

/** A named value of a module. */
export interface Signal extends NumberType {
  readonly kind: "signal";
  readonly name: string;
  readonly role: "input" | "output" | "wire" | "register";
}

export type Expression =
  | Signal
  | (NumberType &
      (
        | { readonly kind: "constant"; readonly value: bigint }
        | { readonly kind: "unary"; readonly operator: UnaryOperator; readonly a: Expression }
        | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly a: Expression; readonly b: Expression }
        | { readonly kind: "shift"; readonly operator: ShiftOperator; readonly a: Expression; readonly by: Expression }
        | { readonly kind: "concat"; readonly parts: readonly Expression[] }
        | { readonly kind: "slice"; readonly a: Expression; readonly high: number; readonly low: number }
        | { readonly kind: "select"; readonly a: Expression; readonly index: Expression }
        | { readonly kind: "extend"; readonly a: Expression }
        | { readonly kind: "cast"; readonly a: Expression }
        | { readonly kind: "mux"; readonly when: Expression; readonly yes: Expression; readonly no: Expression }
      ));

export const unsigned = (width: number): NumberType => ({ width: checkWidth(width), signed: false });
export const signed = (width: number): NumberType => ({ width: checkWidth(width), signed: true });

/** The longest vector that is emitted; tools differ above. */
export const WIDEST = 65_536;

export function checkWidth(width: number, where = "width"): number {
  if (Number.isInteger(width) && width >= 1 && width <= WIDEST) return width;
  return fail({
    code: "circuits.width",
    where,
    message: "a signal has a whole number of bits",
    expected: `1 to ${WIDEST}`,
    got: String(width),
  });
}

/** The smallest and largest value of a type. */
export function rangeOf({ width, signed }: NumberType): { least: bigint; most: bigint } {
  const span = 1n << BigInt(signed ? width - 1 : width);
  return { least: signed ? -span : 0n, most: span - 1n };
}

/** Bits needed for the values `least` to `most`; signed where `least` is negative. */
export function typeFor(least: bigint, most: bigint): NumberType {
  const bits = (value: bigint) => (value === 0n ? 0 : value.toString(2).length);
  if (least >= 0n) return unsigned(Math.max(1, bits(most)));
  return signed(1 + Math.max(bits(-least - 1n), bits(most < 0n ? 0n : most)));
}

/** A constant of a type. @throws FemtoError `circuits.constant` where it does not fit */
export function constant(value: bigint | number, type: NumberType): Expression {
  const big = BigInt(value);
  const { least, most } = rangeOf(type);
  if (big < least || big > most) {
    fail({
      code: "circuits.constant",
      where: `constant ${big}`,
      message: `does not fit into ${typeText(type)}`,
      expected: `${least} to ${most}`,
      got: String(big),
    });
  }
  return { kind: "constant", value: big, width: type.width, signed: type.signed };
}

/** One bit. */
export const bitConstant = (value: 0 | 1): Expression => constant(value, unsigned(1));

export const typeText = ({ width, signed }: NumberType): string => `${signed ? "signed" : "unsigned"} ${width}`;

/** A short text of an expression for messages. */
export function describe(e: Expression, depth = 2): string {
  if (e.kind === "signal") return e.name;
  if (e.kind === "constant") return String(e.value);
  if (depth === 0) return "…";
  const inner = (part: Expression) => describe(part, depth - 1);
  switch (e.kind) {
    case "unary":
      return `${e.operator}${inner(e.a)}`;
    case "binary":
      return `(${inner(e.a)} ${e.operator} ${inner(e.b)})`;
    case "shift":
      return `(${inner(e.a)} ${e.operator} ${inner(e.by)})`;
    case "concat":
      return `{${e.parts.map(inner).join(", ")}}`;
    case "slice":
      return `${inner(e.a)}[${e.high}:${e.low}]`;
    case "select":
      return `${inner(e.a)}[${inner(e.index)}]`;
    case "extend":
      return `extend(${inner(e.a)}, ${e.width})`;
    case "cast":
      return `${e.signed ? "$signed" : "$unsigned"}(${inner(e.a)})`;
    case "mux":
      return `(${inner(e.when)} ? ${inner(e.yes)} : ${inner(e.no)})`;
  }
}
