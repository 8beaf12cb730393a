/** @file The equation of an Einsum: one letter for each axis of each operand, `...` spelled out, the output made explicit. */

import { fail } from "../base/errors.ts";
import type { Dim } from "../graph/dims.ts";

export interface EinsumTerms {
  /** The letters of each operand's axes. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** Letters that the output lacks: they are summed over. */
  readonly summed: readonly string[];
}

const alphabet = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

const wrong = (equation: string, message: string): never =>
  fail({ code: "attribute.equation", where: `equation "${equation}"`, message, hint: 'for example "bij,bjk->bik"' });

/** @throws FemtoError `attribute.equation` */
export function parseEinsum(equation: string, ranks: readonly number[]): EinsumTerms {
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  const terms = left!.split(",");
  if (more.length > 0) wrong(equation, "has more than one arrow");
  if (terms.length !== ranks.length) wrong(equation, `has ${terms.length} terms for ${ranks.length} inputs`);
  const free = alphabet.filter((letter) => !equation.includes(letter));
  // The axes of `...` are aligned at the right: the last gets the last letter
  const widths = terms.map((term, i) => (term.includes("...") ? ranks[i]! - term.length + 3 : 0));
  const hidden = free.slice(0, Math.max(0, ...widths));
  const spell = (term: string, width: number): string[] => {
    const [head, tail, ...rest] = term.split("...");
    const letters = [...head!, ...(tail === undefined ? [] : [...hidden.slice(hidden.length - width), ...tail])];
    if (rest.length > 0 || letters.some((letter) => !alphabet.includes(letter)))
      wrong(equation, `"${term}" is no term`);
    return letters;
  };
  const inputs = terms.map((term, i) => {
    const letters = spell(term, widths[i]!);
    if (widths[i]! < 0 || letters.length !== ranks[i])
      wrong(equation, `"${term}" does not fit an input of rank ${ranks[i]}`);
    return letters;
  });
  const all = inputs.flat();
  const once = alphabet.filter(
    (letter) => !hidden.includes(letter) && all.filter((other) => other === letter).length === 1,
  );
  const output = right === undefined ? [...hidden, ...[...once].sort()] : spell(right, hidden.length);
  for (const [i, letter] of output.entries()) {
    if (!all.includes(letter)) wrong(equation, `the output has "${letter}", which no input has`);
    if (output.indexOf(letter) !== i) wrong(equation, `the output has "${letter}" twice`);
  }
  return { inputs, output, summed: [...new Set(all)].filter((letter) => !output.includes(letter)) };
}

/** The size of each letter; axes of size 1 stretch. @throws FemtoError `shape.einsum` */
export function einsumSizes<D extends Dim>({ inputs }: EinsumTerms, shapes: readonly (readonly D[])[]): Map<string, D> {
  const sizes = new Map<string, D>();
  for (const [i, letters] of inputs.entries()) {
    for (const [axis, letter] of letters.entries()) {
      const dim = shapes[i]![axis]!;
      const known = sizes.get(letter);
      if (known === undefined || known === 1 || (typeof known === "string" && typeof dim === "number" && dim !== 1)) {
        sizes.set(letter, dim);
      } else if (typeof known === "number" && typeof dim === "number" && dim !== 1 && dim !== known) {
        fail({
          code: "shape.einsum",
          where: `input ${i}`,
          message: `axis ${axis} ("${letter}") has ${dim} elements`,
          expected: `${known}, as elsewhere`,
        });
      }
    }
  }
  return sizes;
}

/** The equation as text. */
export const einsumText = (inputs: readonly (readonly string[])[], output: readonly string[]): string =>
  `${inputs.map((letters) => letters.join("")).join(",")}->${output.join("")}`;

/** A letter that is not among these. */
export const freshLetter = (used: Iterable<string>): string => {
  const taken = new Set(used);
  return alphabet.find((letter) => !taken.has(letter))!;
};
