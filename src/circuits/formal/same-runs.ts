/**
 * @file Do two circuits with registers answer alike in every run? Both stand side by side on the same inputs, and z3 looks
 * for a run in which an output differs, or shows by k-induction that there is none. It refutes what induction on names
 * (`proveEqual`) leaves open.
 */

import { fail } from "../../base/errors.ts";
import { emitModule } from "../verilog/emit.ts";
import { and, type Expression, equal, ModuleBuilder, type Signal } from "../verilog/index.ts";
import type { Yosys } from "../yosys/yosys.ts";
import { type Examined, shellOf } from "./harness.ts";
import { checkProperty, type PropertyCheck, type PropertyOptions } from "./prove.ts";

/** Both in one module: shared inputs, outputs `gold_…` and `gate_…`. */
function sideBySide(gold: Examined, gate: Examined): Examined {
  const text = (ports: readonly Signal[]) =>
    ports.map(({ role, name, width }) => `${role} ${name}[${width}]`).join(", ");
  if (text(gold.ports) !== text(gate.ports)) {
    fail({
      code: "circuits.ports",
      where: `${gold.top} and ${gate.top}`,
      message: "circuits with different ports cannot be equal",
      expected: text(gold.ports),
      got: text(gate.ports),
    });
  }
  const both = gold.sources.find(({ file, text }) =>
    gate.sources.some((other) => other.file === file && other.text !== text),
  );
  if (gold.top === gate.top || both !== undefined) {
    const message = "the circuits have modules of one name";
    fail({ code: "circuits.name", where: both?.file ?? gold.top, message, hint: "give one of them another name" });
  }
  const clocking = gold.clocking ?? gate.clocking;
  const isFree = ({ name, role }: Signal) =>
    role === "input" && name !== clocking?.clock && name !== clocking?.reset?.name;
  const m = new ModuleBuilder("femto_pair", clocking);
  const inputs: Record<string, Expression> = Object.fromEntries(
    gold.ports.filter(isFree).map((port) => [port.name, m.input(port.name, port)]),
  );
  for (const [side, examined] of [
    ["gold", gold],
    ["gate", gate],
  ] as const) {
    const outputs = m.instance(side, shellOf(examined), inputs);
    for (const [name, signal] of Object.entries(outputs)) m.output(`${side}_${name}`, signal);
  }
  const module = m.finish();
  const sources = new Map([...gold.sources, ...gate.sources, emitModule(module, [])].map((s) => [s.file, s]));
  return { top: module.name, ports: module.ports, clocking, sources: [...sources.values()] };
}

/**
 * Compares two circuits over runs from reset.
 * @returns `bounded.run` shows the shortest run in which they differ; `isProved`: they never do
 * @throws FemtoError `circuits.ports`, `circuits.name`
 */
export function proveSameRuns(
  yosys: Yosys,
  gold: Examined,
  gate: Examined,
  options: PropertyOptions = {},
): Promise<PropertyCheck> {
  const names = gold.ports.filter(({ role }) => role === "output").map(({ name }) => name);
  return checkProperty(
    yosys,
    sideBySide(gold, gate),
    (ports) => ({
      assert: [
        names.map((name) => equal(ports[`gold_${name}`]!, ports[`gate_${name}`]!)).reduce((all, one) => and(all, one)),
      ],
    }),
    options,
  );
}
