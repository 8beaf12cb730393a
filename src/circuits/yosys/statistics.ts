/** @file The numbers of `stat -json` and `ltp`. */

import { z } from "zod";
import { fail } from "../../base/errors.ts";

const byType = z.record(z.string(), z.number()).default({});

const schema = z.object({
  modules: z.record(z.string(), z.object({ num_cells_by_type: byType })).default({}),
  design: z.object({ num_cells: z.number(), num_cells_by_type: byType, area: z.number().optional() }),
});

export interface CellCounts {
  readonly cells: number;
  readonly byType: Readonly<Record<string, number>>;
  /** In units of the library; undefined where there is none. */
  readonly area: number | undefined;
}

/** The whole design. */
export function parseStatistics(text: string): CellCounts {
  const { num_cells, num_cells_by_type, area } = statisticsIn(text).design;
  // Hierarchy notes are no hardware.
  const { $scopeinfo: notes = 0, ...byType } = num_cells_by_type;
  return { cells: num_cells - notes, byType, area };
}

/** Of a design that is not flat, any module with all that stands in it. @throws Error if there is no such module */
export function statisticsOfModules(text: string): (module: string) => CellCounts {
  const { modules } = statisticsIn(text);
  const known = (module: string) => modules[`\\${module}`]?.num_cells_by_type;
  return function within(module): CellCounts {
    const own = known(module);
    if (own === undefined) throw new Error(`no statistics of a module ${module}`);
    const byType: Record<string, number> = {};
    for (const [type, count] of Object.entries(own)) {
      if (type === "$scopeinfo") continue;
      const below = known(type) === undefined ? { [type]: 1 } : within(type).byType;
      for (const [cell, each] of Object.entries(below)) byType[cell] = (byType[cell] ?? 0) + count * each;
    }
    const cells = Object.values(byType).reduce((sum, count) => sum + count, 0);
    return { cells, byType, area: undefined };
  };
}

/** Yosys puts its log before the JSON; numbers begin at the first brace. */
function statisticsIn(text: string): z.infer<typeof schema> {
  const start = text.indexOf("{");
  const parsed = start < 0 ? undefined : schema.safeParse(parse(text.slice(start)));
  if (parsed?.success === true) return parsed.data;
  return fail({
    code: "circuits.statistics",
    where: "stat -json",
    message: "Yosys' statistics are not as expected",
    got: text.slice(0, 80),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, text.lastIndexOf("}") + 1));
  } catch {
    return undefined;
  }
}

/** Lookup tables, carries, flip-flops, multipliers: the resources of an FPGA. */
export interface FpgaCounts {
  readonly lut: number;
  /** Per number of inputs, e.g. `{ 4: 20, 6: 3 }`. */
  readonly lutByInputs: Readonly<Record<number, number>>;
  readonly carry: number;
  readonly flipFlop: number;
  readonly multiplier: number;
  /** Wide multiplexers, inverters, buffers, memories: named, never folded into the LUT count. */
  readonly other: Readonly<Record<string, number>>;
}

const families: readonly { readonly sign: RegExp; readonly as: "lut" | "carry" | "flipFlop" | "multiplier" }[] = [
  { sign: /^(LUT[1-6]|SB_LUT4)$/, as: "lut" },
  { sign: /^(CARRY[48]|SB_CARRY)$/, as: "carry" },
  { sign: /^(FD[RSCP]E(_1)?|SB_DFF\w*)$/, as: "flipFlop" },
  { sign: /^(DSP48E[12]?|SB_MAC16)$/, as: "multiplier" },
];

export function fpgaCounts({ byType }: CellCounts): FpgaCounts {
  const counts = { lut: 0, carry: 0, flipFlop: 0, multiplier: 0 };
  const lutByInputs: Record<number, number> = {};
  const other: Record<string, number> = {};
  for (const [type, count] of Object.entries(byType)) {
    const family = families.find(({ sign }) => sign.test(type));
    if (family === undefined) other[type] = count;
    else counts[family.as] += count;
    const inputs = /^(?:SB_)?LUT(\d)$/.exec(type)?.[1];
    if (inputs !== undefined) lutByInputs[Number(inputs)] = count;
  }
  return { ...counts, lutByInputs, other };
}
