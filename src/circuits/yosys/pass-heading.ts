/** @file Which pass a run of Yosys is in, from what it prints. */

const LONGEST = 200;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const LETTER_E = 69;

/** `12.3. Executing TECHMAP pass …` gives `TECHMAP`; undefined for everything else, which comes in millions of pieces. */
export function passIn(piece: Uint8Array): string | undefined {
  const first = piece[0] ?? 0;
  const mayBegin = first === LETTER_E || (first >= DIGIT_0 && first <= DIGIT_9);
  if (!mayBegin || piece.length > LONGEST) return undefined;
  return /^(?:[\d.]+ )?Executing (\w\S*)/.exec(new TextDecoder().decode(piece))?.[1];
}
