/** @file Plain text for character-level language models: the vocabulary is the sorted set of characters that occur. */

import { fail } from "../base/errors.ts";
import type { Tensor } from "../base/tensor.ts";
import { readUnpacked } from "./files.ts";

export interface CharacterText {
  /** int32 [characters]: index into the vocabulary. */
  readonly tokens: Tensor;
  /** Characters (Unicode code points) in ascending order. */
  readonly vocabulary: readonly string[];
}

/** Reads a text file (UTF-8), gzipped or not. */
export const readText = (path: string, vocabulary?: readonly string[]): CharacterText =>
  parseText(readUnpacked(path), path, vocabulary);

/** @param vocabulary a fixed one, e.g. that of the training text; a character it lacks is an error */
export function parseText(bytes: Uint8Array, where: string, vocabulary?: readonly string[]): CharacterText {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail({
      code: "text.encoding",
      where,
      message: "not a UTF-8 text",
      expected: "UTF-8",
      hint: "convert it first, e.g. iconv -f latin1 -t utf-8",
    });
  }
  if (text === "") return fail({ code: "text.empty", where, message: "there is no text", expected: "some characters" });
  const characters = [...text];
  const known = vocabulary ?? [...new Set(characters)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const indexOf = new Map(known.map((character, index) => [character, index]));
  const tokens = new Int32Array(characters.length);
  for (const [position, character] of characters.entries()) {
    const index = indexOf.get(character);
    if (index === undefined) {
      return fail({
        code: "text.character",
        where: `${where} › character ${position}`,
        message: "this character is not in the vocabulary",
        expected: `one of the ${known.length} characters of the training text`,
        got: JSON.stringify(character),
      });
    }
    tokens[position] = index;
  }
  return { tokens: { dtype: "int32", dims: [tokens.length], data: tokens }, vocabulary: known };
}

/** The text of a run of tokens. */
export const textOf = (tokens: ArrayLike<number>, vocabulary: readonly string[]): string =>
  Array.from(tokens, (token) => vocabulary[token] ?? "\ufffd").join("");
