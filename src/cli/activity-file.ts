/** @file Reads the activity of a model's values from a JSON file. */

import { readFileSync } from "node:fs";
import { fail } from "../base/errors.ts";
import { type Activity, readActivity } from "../energy/index.ts";

/** @throws FemtoError `energy.activity`, `activity.json` */
export function activityFile(path: string): Activity {
  const text = readFileSync(path, "utf8");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    return fail({ code: "activity.json", where: path, message: "is not JSON", got: (cause as Error).message });
  }
  return readActivity(data, path);
}
