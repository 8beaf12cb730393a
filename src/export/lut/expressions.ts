/** @file Pieces of a bit program as text of a language with C's operators: one statement a value that is used twice. */

import { type Piece, type Slot, type Step, useCounts, type Value } from "../../engine/bits/program.ts";

export interface Dialect {
  /** Reads or names the plane of a slot. */
  readonly plane: (slot: Slot) => string;
  /** `const word v1 = …;` without the expression. */
  readonly declare: (name: string) => string;
  readonly constant: (bit: 0 | 1) => string;
}

const operators = { and: "&", andnot: "& ~", or: "|", xor: "^" } as const;

/** Levels of parentheses after which a value gets a name all the same, for compilers and readers. */
const DEEPEST = 6;

/** The statements of a piece. */
export function statementsOf(piece: Piece, { plane, declare, constant }: Dialect): string[] {
  const { steps, stores } = piece;
  const uses = useCounts(piece);
  const lines: string[] = [];
  const texts: { text: string; depth: number }[] = [];
  const operand = (value: Value): string => texts[value]!.text;
  steps.forEach((step, value) => {
    const depth =
      1 + Math.max(...("a" in step ? [texts[step.a]!.depth] : [0]), ...("b" in step ? [texts[step.b]!.depth] : [0]));
    const text = textOf(step);
    if (step.kind !== "load" && uses[value] === 1 && depth < DEEPEST) {
      texts.push({ text: `(${text})`, depth });
      return;
    }
    const name = `v${value}`;
    lines.push(`${declare(name)}${text};`);
    texts.push({ text: name, depth: 0 });
  });
  for (const { slot, value } of stores) lines.push(`${plane(slot)} = ${operand(value)};`);
  return lines;

  function textOf(step: Step): string {
    if (step.kind === "load") return plane(step.slot);
    if (step.kind === "constant") return constant(step.bit);
    if (step.kind === "not") return `~${operand(step.a)}`;
    return `${operand(step.a)} ${operators[step.kind]}${step.kind === "andnot" ? "" : " "}${operand(step.b)}`;
  }
}
