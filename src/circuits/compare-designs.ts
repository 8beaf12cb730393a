/** @file Are two designs equal? Asked of one method after the other, until one knows. */

import type { CheckRow } from "./check-circuit.ts";
import type { Circuit } from "./circuit.ts";
import { proveEqual, proveEqualBySat } from "./equivalence/proof.ts";
import { examinedOf } from "./formal/prove.ts";
import { proveSameRuns } from "./formal/same-runs.ts";
import { type Design, designOf } from "./yosys/synthesise.ts";
import type { Yosys } from "./yosys/yosys.ts";

/** A generated circuit, or Verilog of which only the name of the top is known. */
export type Compared = { readonly circuit: Circuit } | { readonly design: Design };

const designIn = (compared: Compared): Design => ("circuit" in compared ? designOf(compared.circuit) : compared.design);

/** Cycles of the bounded search. */
const CYCLES = 8;

/** The last row decides, if it is not `undecided`. */
export async function compareDesigns(yosys: Yosys, gold: Compared, gate: Compared): Promise<CheckRow[]> {
  const proof = await proveEqual(yosys, designIn(gold), designIn(gate));
  const byInduction = { check: "equal by structure and induction", detail: yosys.engine };
  if (proof.verdict === "equal") return [{ ...byInduction, verdict: "passed" }];
  const open: CheckRow = {
    ...byInduction,
    verdict: "undecided",
    detail: `not shown for ${proof.unproven.slice(0, 4).join("; ")}`,
  };
  if ("circuit" in gold && "circuit" in gate && gold.circuit.top.clocking !== undefined) {
    return [open, await runsRow(yosys, gold.circuit, gate.circuit)];
  }
  return [open, await satRow(yosys, designIn(gold), designIn(gate))];
}

async function satRow(yosys: Yosys, gold: Design, gate: Design): Promise<CheckRow> {
  const check = "equal by SAT";
  const { verdict, counterexample } = await proveEqualBySat(yosys, gold, gate);
  if (verdict === "equal") return { check, verdict: "passed", detail: yosys.engine };
  if (counterexample === undefined) {
    return { check, verdict: "undecided", detail: "no answer: too large, or there are registers" };
  }
  const { inputs, gold: expected, gate: got } = counterexample;
  return { check, verdict: "failed", detail: `for ${text(inputs)}: ${text(expected)} against ${text(got)}` };
}

async function runsRow(yosys: Yosys, gold: Circuit, gate: Circuit): Promise<CheckRow> {
  const check = "equal in every run, by z3";
  const { bounded, isProved } = await proveSameRuns(yosys, examinedOf(gold), examinedOf(gate), { depth: CYCLES });
  if (isProved) return { check, verdict: "passed", detail: "by induction over one cycle" };
  if (bounded.run !== undefined) {
    const [length, last] = [bounded.run.length, bounded.run.at(-1)!];
    const seen = Object.entries(last).filter(([name]) => /^see_(gold|gate)_/.test(name));
    return { check, verdict: "failed", detail: `in cycle ${length - 1} of a run: ${text(Object.fromEntries(seen))}` };
  }
  return { check, verdict: "undecided", detail: `no difference within ${CYCLES} cycles; not proved beyond` };
}

const text = (values: Readonly<Record<string, bigint>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name.replace(/^see_/, "")} = ${value}`)
    .join(", ");
