/** @file Reads activity back from JSON, and makes activity that is assumed. */

import { z } from "zod";
import { fail } from "../base/errors.ts";
import type { Activity } from "./activity.ts";

const share = z.number().min(0).max(1);
const count = z.number().int().min(0);
const shares = z.array(share);

const codes = z
  .strictObject({
    bits: z.number().int().min(1).max(64),
    isSigned: z.boolean(),
    zero: z.number().int(),
    top: z.number().int().optional(),
    histogram: z.strictObject({ least: z.number().int(), counts: z.array(count).max(65536) }).optional(),
    ones: shares,
    toggles: z.strictObject({ elements: shares.optional(), samples: shares.optional() }),
  })
  .refine(({ bits, ones }) => ones.length === bits, { path: ["ones"], message: "one share for each bit" });

const value = z.strictObject({
  zeros: share,
  eventsPerStep: shares.optional(),
  elements: count.optional(),
  least: z.number().optional(),
  most: z.number().optional(),
  mean: z.number().optional(),
  codes: codes.optional(),
  bins: z.array(z.strictObject({ from: z.number(), to: z.number(), count })).optional(),
});

const schema = z.strictObject({
  source: z.strictObject({ kind: z.enum(["measured", "assumed"]), text: z.string().min(1) }),
  samples: count,
  order: z.enum(["stream", "unknown"]).optional(),
  values: z.record(z.string(), value),
});

/**
 * Checks activity that comes from outside: `readActivity(JSON.parse(text), "activity.json")`.
 * @throws FemtoError `energy.activity` with the path of the trouble
 */
export function readActivity(found: unknown, origin: string): Activity {
  const parsed = schema.safeParse(found);
  // optional fields of zod may be undefined, which JSON cannot say
  if (parsed.success) return parsed.data as Activity;
  const [issue] = parsed.error.issues;
  return fail({
    code: "energy.activity",
    where: [origin, ...issue!.path.map(String)].join(" › "),
    message: issue!.message,
    expected: "activity as Femto writes it: source, samples, and per value at least the share of zeros",
  });
}

/** Shares of zeros that nobody measured; `text` says who assumes them and why. */
export const assumedActivity = (text: string, zeros: Readonly<Record<string, number>>): Activity =>
  readActivity(
    {
      source: { kind: "assumed", text },
      samples: 0,
      values: Object.fromEntries(Object.entries(zeros).map(([name, part]) => [name, { zeros: part }])),
    },
    "assumed activity",
  );
