/** @file The energy reference table of Accelergy: picojoules per action of each component; leakage per cycle. */

import { fail } from "../../base/errors.ts";
import { readYaml } from "../located-yaml.ts";

export interface Energies {
  readonly actions: Readonly<Record<string, number>>;
  /** Of one instance; absent where no cycle time is stated. */
  readonly leakageMw: number | undefined;
}

export interface Ert {
  readonly names: readonly string[];
  of(name: string): Energies | undefined;
}

interface Table {
  readonly name?: unknown;
  readonly actions?: readonly { readonly name?: unknown; readonly energy?: unknown; readonly arguments?: unknown }[];
}

/** @throws FemtoError `yaml.*`, `import.timeloop` */
export function readErt(text: string): Ert {
  const { value } = readYaml(text, "ERT.yaml", { tags: true });
  const tables = (value as { ERT?: { tables?: unknown } } | null)?.ERT?.tables;
  if (!Array.isArray(tables)) {
    return fail({
      code: "import.timeloop",
      where: "ERT.yaml:1",
      message: "this is no energy reference table",
      expected: "ERT: { version: 0.4, tables: [ { name, actions } ] }",
    });
  }
  const cycleNs = Number(/global_cycle_seconds:\s*([\d.eE+-]+)/.exec(text)?.[1]) * 1e9;
  const entries = new Map(
    (tables as Table[]).map(({ name, actions = [] }) => {
      const energies: Record<string, number> = {};
      for (const action of actions) {
        if (typeof action.energy !== "number" || !Number.isFinite(action.energy) || action.energy < 0) {
          fail({
            code: "import.timeloop",
            where: `ERT.yaml › ${String(name)} › ${String(action.name)}`,
            message: "the energy is no picojoules",
            expected: "a number that is not negative",
            got: String(action.energy),
          });
        }
        energies[String(action.name)] = action.energy as number;
      }
      // 1 pJ in 1 ns is 1 mW
      const leakageMw =
        energies.leak === undefined || !Number.isFinite(cycleNs)
          ? undefined
          : Number((energies.leak / cycleNs).toPrecision(9));
      return [shortName(String(name)), { actions: energies, leakageMw }] as const;
    }),
  );
  return { names: [...entries.keys()], of: (name) => entries.get(name) };
}

/** `system_top_level.shared_glb[1..1]` → `shared_glb`. */
const shortName = (name: string): string => name.replace(/\[.*$/, "").split(".").at(-1)!;
