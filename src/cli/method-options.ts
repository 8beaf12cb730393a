/** @file Options of a method: names and values checked before anything runs. */

import { fail } from "../base/errors.ts";
import type { Method } from "../methods/index.ts";
import { didYouMean } from "./suggest.ts";

/** The complete options, defaults filled in. @throws FemtoError `option.unknown`, `option.value` */
export function readMethodOptions<Options>(method: Method<Options>, given: Readonly<Record<string, unknown>>): Options {
  const known = namesOf(method);
  for (const name of Object.keys(given)) {
    if (known.length === 0 || known.includes(name)) continue;
    const hint = didYouMean(name, known);
    fail({
      code: "option.unknown",
      where: `options of ${method.id} › ${name}`,
      message: "there is no such option",
      expected: known.join(", "),
      ...(hint && { hint }),
    });
  }
  const parsed = method.options.safeParse(given);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  const path = first!.path.map(String);
  const at = (options: unknown) =>
    first!.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], options);
  const [got, usual] = [at(given), at(method.options.safeParse({}).data)];
  // Zod says "Too small: expected number to be >=1" in one sentence.
  const [what, expected] = first!.message.split(": expected ");
  return fail({
    code: "option.value",
    where: ["options of " + method.id, ...path].join(" › "),
    message: what + (others.length === 0 ? "" : ` (and ${others.length} more)`),
    ...(expected !== undefined && { expected: expected.replace(/, received .*/, "") }),
    ...(got !== undefined && { got: JSON.stringify(got) }),
    ...(got !== undefined &&
      usual !== undefined &&
      path.length === 1 && { hint: `left out, it is ${JSON.stringify(usual)}` }),
  });
}

/** The names a schema of an object takes. */
function namesOf<Options>({ options }: Method<Options>): string[] {
  return "shape" in options && typeof options.shape === "object" && options.shape !== null
    ? Object.keys(options.shape)
    : [];
}
