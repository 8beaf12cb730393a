/** @file The text of an option as the value it stands for. */

import { fail } from "../base/errors.ts";
import { didYouMean } from "./suggest.ts";

export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** A number; `undefined` where the option is not given. @throws FemtoError `option.range` */
export function numberOf(option: string, text: string | undefined, bounds: Bounds = {}): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? within(option, text, value, bounds) : wrong(option, text, "a number");
}

/** A whole number. */
export function wholeOf(option: string, text: string | undefined, bounds: Bounds = {}): number | undefined {
  if (text === undefined) return undefined;
  return /^[+-]?\d+$/.test(text.trim())
    ? within(option, text, Number(text), bounds)
    : wrong(option, text, "a whole number");
}

function within(option: string, text: string, value: number, { least, most }: Bounds): number {
  if (least !== undefined && value < least) wrong(option, text, `at least ${least}`);
  if (most !== undefined && value > most) wrong(option, text, `at most ${most}`);
  return value;
}

/** Whole numbers with commas between: `8,6,5,4`; `none` is an empty list. */
export function listOf(option: string, text: string | undefined, bounds: Bounds = {}): number[] | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "none") return [];
  const values = text.split(",").map((part) => wholeOf(option, part, bounds)!);
  return [...new Set(values)];
}

/** Words with commas between. */
export const wordsOf = (text: string | undefined): string[] | undefined => text?.split(",").map((word) => word.trim());

/** One of a few words. */
export function choiceOf<const Choice extends string>(
  option: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined || (choices as readonly string[]).includes(text)) return text as Choice | undefined;
  const hint = didYouMean(text, choices);
  return fail({
    code: "option.choice",
    where: `--${option}`,
    message: "is none of the choices",
    expected: choices.join(", "),
    got: text,
    ...(hint && { hint }),
  });
}

/** A JSON object. */
export function objectOf(option: string, text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail({
      code: "option.json",
      where: `--${option}`,
      message: "is not JSON",
      got: error instanceof Error ? error.message : String(error),
      hint: `quote it for the shell: --${option} '{"alpha": 0.8}'`,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return wrong(option, text, "a JSON object");
}

const wrong = (option: string, text: string, expected: string): never =>
  fail({ code: "option.range", where: `--${option}`, message: "has a wrong value", expected, got: text });
