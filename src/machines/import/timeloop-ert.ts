/** @file The energy reference table of Accelergy: picojoules per action of each component; leakage per cycle. */

import { z } from "zod";
import { readYaml } from "../located-yaml.ts";
import { refuseSchema } from "../schema-error.ts";

export interface Energies {
  readonly actions: Readonly<Record<string, number>>;
  /** Of one instance; absent where no cycle time is stated. */
  readonly leakageMw: number | undefined;
}

export interface Ert {
  readonly names: readonly string[];
  of(name: string): Energies | undefined;
}

const reference = z.looseObject({
  ERT: z.looseObject({
    tables: z.array(
      z.looseObject({
        name: z.string(),
        actions: z.array(z.looseObject({ name: z.string(), energy: z.number().min(0).max(1e9) })),
      }),
    ),
  }),
});

/** @throws FemtoError `yaml.*`, `import.timeloop` */
export function readErt(text: string): Ert {
  const yaml = readYaml(text, "ERT.yaml", { tags: true });
  const parsed = reference.safeParse(yaml.value);
  if (!parsed.success) refuseSchema(parsed.error.issues, yaml, "ERT.yaml", "import.timeloop");
  const cycleNs = Number(/global_cycle_seconds:\s*([\d.eE+-]+)/.exec(text)?.[1]) * 1e9;
  const hasCycle = Number.isFinite(cycleNs) && cycleNs > 0;
  const entries = new Map(
    parsed.data.ERT.tables.map(({ name, actions }) => {
      const energies = Object.fromEntries(actions.map((action) => [action.name, action.energy]));
      const { leak } = energies;
      // 1 pJ in 1 ns is 1 mW
      const leakageMw = leak === undefined || !hasCycle ? undefined : Number((leak / cycleNs).toPrecision(9));
      return [shortName(name), { actions: energies, leakageMw }] as const;
    }),
  );
  return { names: [...entries.keys()], of: (name) => entries.get(name) };
}

/** `system_top_level.shared_glb[1..1]` → `shared_glb`. */
const shortName = (name: string): string => name.replace(/\[.*$/, "").split(".").at(-1)!;
