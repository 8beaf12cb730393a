/** @file Which tool a hardware description is of, by the words that only it has. */

import { fail } from "../../base/errors.ts";

export const tools = ["zigzag", "timeloop", "scale-sim"] as const;
export type Tool = (typeof tools)[number];

const marks: readonly (readonly [RegExp, Tool])[] = [
  [/^\s*\[architecture_presets\]/m, "scale-sim"],
  [/^operational_array:/m, "zigzag"],
  [/^architecture:/m, "timeloop"],
];

/** @throws FemtoError `import.tool` */
export function toolOf(text: string, origin: string): Tool {
  const found = marks.find(([mark]) => mark.test(text))?.[1];
  if (found !== undefined) return found;
  return fail({
    code: "import.tool",
    where: origin,
    message: "no tool is known that writes such a file",
    expected: "a ZigZag hardware YAML, a Timeloop v0.4 architecture, or a SCALE-Sim cfg",
    hint: "--from zigzag | timeloop | scale-sim says which it is meant to be",
  });
}
