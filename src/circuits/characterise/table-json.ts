/**
 * @file A table of weight energies as JSON (`femto.weight-table/1`): how it reaches whoever prices with it. It says on which netlist,
 * stimulus and constant it rests.
 */

import { z } from "zod";
import { fail } from "../../base/errors.ts";
import type { WeightTable } from "./weight-table.ts";

const schema = z.object({
  schema: z.literal("femto.weight-table/1"),
  weightBits: z.number().int().min(2).max(10),
  unit: z.enum(["relative", "pJ"]),
  energies: z.array(z.number().min(0)),
  origin: z.object({
    level: z.enum(["behavioural", "zero", "unit", "measured"]),
    netlist: z.string().optional(),
    netlistHash: z.string().optional(),
    stimulus: z.string(),
    scale: z.string().optional(),
  }),
});

export function weightTableToJson({ weightBits, unit, energies, origin }: WeightTable): string {
  const table: z.infer<typeof schema> = {
    schema: "femto.weight-table/1",
    weightBits,
    unit,
    energies: Array.from(energies),
    origin,
  };
  return JSON.stringify(table);
}

/** @throws FemtoError `table.json` with the path of what is wrong */
export function weightTableFromJson(text: string, name: string): WeightTable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    fail({ code: "table.json", where: name, message: "not JSON", got: cause instanceof Error ? cause.message : "" });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail({
      code: "table.json",
      where: [name, ...issue.path].join(" › "),
      message: `not a table of weight energies: ${issue.message}`,
    });
  }
  const { weightBits, unit, energies, origin } = parsed.data;
  if (energies.length !== 2 ** weightBits) {
    fail({
      code: "table.json",
      where: `${name} › energies`,
      message: "not one energy per weight",
      expected: String(2 ** weightBits),
      got: String(energies.length),
    });
  }
  const { level, stimulus, netlist, netlistHash, scale } = origin;
  return {
    weightBits,
    unit,
    energies: Float64Array.from(energies),
    origin: {
      level,
      stimulus,
      ...(netlist !== undefined && { netlist }),
      ...(netlistHash !== undefined && { netlistHash }),
      ...(scale !== undefined && { scale }),
    },
  };
}
