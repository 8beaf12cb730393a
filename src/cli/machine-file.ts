/** @file The machine a user names: one that Femto brings along, or a YAML file. */

import { readFileSync } from "node:fs";
import { fail } from "../base/errors.ts";
import { loadMachine, type Machine, machineNames } from "../machines/index.ts";
import { isPath } from "./network.ts";
import { didYouMean } from "./suggest.ts";

/** @throws FemtoError `machine.*`, `yaml.*`; for an unknown name with the nearest one */
export function readMachineNamed(word: string): Machine {
  if (machineNames.includes(word)) return loadMachine(word);
  if (isPath(word)) return loadMachine(`${readFileSync(word, "utf8")}\n`, word);
  const hint = didYouMean(word, machineNames);
  return fail({
    code: "machine.unknown",
    where: word,
    message: "this is neither a file nor a machine that Femto brings along",
    expected: `the path of a .yaml file, or one of ${machineNames.join(", ")}`,
    ...(hint && { hint }),
  });
}
