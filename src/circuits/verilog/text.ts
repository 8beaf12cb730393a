/** @file Expressions as Verilog-2005 text: widths of literals explicit, nested operators in parentheses. */

import type { Expression } from "./expression.ts";
import { identifier } from "./names.ts";

/** Gives an expression a name, because Verilog selects bits from names only. */
export type Name = (e: Expression) => string;

/** A sized literal: `8'd5`, `8'sd5`, `-8'sd5`; hexadecimal where decimals are hard to read or do not exist. */
export function literal(value: bigint, width: number, signed: boolean): string {
  const sign = signed ? "s" : "";
  const least = signed ? -(1n << BigInt(width - 1)) : 0n;
  if (width > 32 || value === least || width === 1) {
    const bits = BigInt.asUintN(width, value);
    return width === 1 ? `1'${sign}b${bits}` : `${width}'${sign}h${bits.toString(16)}`;
  }
  return value < 0n ? `-${width}'sd${-value}` : `${width}'${sign}d${value}`;
}

const isAtom = (e: Expression): boolean =>
  e.kind === "signal" ||
  (e.kind === "constant" && !(e.value < 0n && e.width > 1)) ||
  ["concat", "slice", "select", "extend", "cast"].includes(e.kind);

export function expressionText(e: Expression, name: Name): string {
  const whole = (part: Expression) => expressionText(part, name);
  const atom = (part: Expression) => (isAtom(part) ? whole(part) : `(${whole(part)})`);
  switch (e.kind) {
    case "signal":
      return identifier(e.name);
    case "constant":
      return literal(e.value, e.width, e.signed);
    case "unary":
      return `${e.operator}${atom(e.a)}`;
    case "binary":
      return `${atom(e.a)} ${e.operator} ${atom(e.b)}`;
    case "shift":
      return `${atom(e.a)} ${e.operator} ${atom(e.by)}`;
    case "concat":
      return concatText(e.parts, whole);
    case "slice":
      return sliceText(e.a, e.high, e.low, name);
    case "select":
      return `${name(e.a)}[${whole(e.index)}]`;
    case "extend":
      return extendText(e, name);
    case "cast":
      return `${e.signed ? "$signed" : "$unsigned"}(${whole(e.a)})`;
    case "mux":
      return `${atom(e.when)} ? ${atom(e.yes)} : ${atom(e.no)}`;
  }
}

/** Runs of the same part become `{n{part}}`. */
function concatText(parts: readonly Expression[], whole: (e: Expression) => string): string {
  const texts: string[] = [];
  for (let i = 0; i < parts.length; ) {
    const text = whole(parts[i]!);
    let end = i + 1;
    while (end < parts.length && (parts[end] === parts[i] || whole(parts[end]!) === text)) end++;
    texts.push(end - i === 1 ? text : `{${end - i}{${text}}}`);
    i = end;
  }
  return `{${texts.join(", ")}}`;
}

function sliceText(a: Expression, high: number, low: number, name: Name): string {
  // A scalar has no bits to select from; braces make a signed one unsigned, as a part-select would.
  if (a.width === 1) return a.signed ? `{${name(a)}}` : name(a);
  const text = name(a);
  if (high === low) return `${text}[${high}]`;
  return `${text}[${high}:${low}]`;
}

/** Explicit sign bits or zeros: tools warn of implicit widening, and it would depend on the whole expression's sign. */
function extendText(e: Expression & { kind: "extend" }, name: Name): string {
  const more = e.width - e.a.width;
  if (!e.a.signed) return `{${literal(0n, more, false)}, ${expressionText(e.a, name)}}`;
  const text = name(e.a);
  const sign = e.a.width === 1 ? text : `${text}[${e.a.width - 1}]`;
  return `$signed({{${more}{${sign}}}, ${text}})`;
}

/** `wire signed [7:0] `, the declaration's words before the name. */
export function declarationText(net: string, { width, signed }: { width: number; signed: boolean }): string {
  return [net, signed ? "signed" : "", width === 1 ? "" : `[${width - 1}:0]`].filter((word) => word !== "").join(" ");
}
