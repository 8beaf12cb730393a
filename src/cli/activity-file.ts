/** @file Reads the activity of a model's values from a JSON file. */

import { readFileSync } from "node:fs";
import { z } from "zod";
import { fail } from "../base/errors.ts";
import type { Activity } from "../energy/index.ts";

const share = z.number().min(0).max(1);

const schema = z.object({
  source: z.object({ kind: z.enum(["measured", "assumed"]), text: z.string().min(1) }),
  samples: z.number().int().min(0),
  values: z.record(z.string(), z.object({ zeros: share, eventsPerStep: z.array(share).optional() })),
});

/** @throws FemtoError `activity.format` */
export function activityFile(path: string): Activity {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    return refuse(path, "is not JSON", (cause as Error).message);
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data as Activity;
  const [issue] = parsed.error.issues;
  return refuse(path, "is no activity", `${issue!.path.join(".")}: ${issue!.message}`);
}

const refuse = (where: string, message: string, got: string): never =>
  fail({
    code: "activity.format",
    where,
    message,
    expected: "source { kind, text }, samples, and values { NAME: { zeros: 0..1 } }",
    got,
  });
