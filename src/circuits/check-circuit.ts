/** @file All that can be held against a generated circuit on this machine, in the order of what it costs. */

import { type Circuit, verilogOf } from "./circuit.ts";
import { type Counterexample, counterexampleText, firstDifference, warmupOf } from "./compare.ts";
import { checkBySimulation } from "./equivalence/simulation.ts";
import { simulateWithIcarus } from "./native/icarus.ts";
import { findTool } from "./native/tools.ts";
import { lintWithVerilator } from "./native/verilator.ts";
import { randomVectors } from "./stimulus.ts";
import { testbenchOf } from "./testbench.ts";
import { Interpreter } from "./verilog/index.ts";
import { readAndCheck } from "./yosys/recipes.ts";
import { designOf, quickNetlists } from "./yosys/synthesise.ts";
import type { Yosys } from "./yosys/yosys.ts";

export interface CheckRow {
  readonly check: string;
  /** `undecided`: was tried and knows no answer. */
  readonly verdict: "passed" | "failed" | "undecided" | "not run";
  /** How many vectors, which tool, or what differs. */
  readonly detail: string;
}

export interface CheckOptions {
  readonly vectors?: number;
  readonly seed?: number;
}

/** Vectors for the slow checks. */
const FEW = 1000;

/** @throws FemtoError where Yosys refuses the text */
export async function checkCircuit(yosys: Yosys, circuit: Circuit, options: CheckOptions = {}): Promise<CheckRow[]> {
  const { vectors = 16_384, seed = 1 } = options;
  const few = randomVectors(circuit, Math.min(vectors, FEW), seed);
  const rows: CheckRow[] = [];
  const interpreted = firstDifference(circuit.model(), new Interpreter(circuit.top), few, warmupOf(circuit));
  rows.push(verdict("modules against the model", `${few.length} random vectors`, interpreted));
  const { sources } = designOf(circuit);
  const names = sources.map(({ file }) => file);
  await yosys.run({
    step: `check of ${circuit.name}`,
    script: readAndCheck(names, circuit.top.name),
    sources,
    outputs: [],
  });
  rows.push({ check: "text: drivers, loops, latches", verdict: "passed", detail: yosys.engine });
  const netlist = (await quickNetlists(yosys, [designOf(circuit)])).get(circuit.top.name)!;
  const simulated = checkBySimulation(circuit, netlist, { vectors, seed });
  const kind = simulated.method === "exhaustive" ? "vectors, all there are" : `random vectors, seed ${seed}`;
  rows.push(verdict("netlist against the model", `${simulated.vectors} ${kind}`, simulated.counterexample));
  rows.push(icarusRow(circuit, few), lintRow(circuit));
  return rows;
}

const verdict = (check: string, detail: string, found: Counterexample | undefined): CheckRow =>
  found === undefined
    ? { check, verdict: "passed", detail }
    : { check, verdict: "failed", detail: counterexampleText(found) };

function icarusRow(circuit: Circuit, vectors: ReturnType<typeof randomVectors>): CheckRow {
  const check = "text in Icarus against the model";
  const tool = findTool("iverilog");
  if (tool === undefined) return { check, verdict: "not run", detail: "iverilog is not installed" };
  const [result] = simulateWithIcarus(verilogOf(circuit), [testbenchOf(circuit, vectors)]);
  if (result!.passed) return { check, verdict: "passed", detail: `${vectors.length} vectors, ${tool.version}` };
  return { check, verdict: "failed", detail: result!.lines.slice(0, 3).join("; ") };
}

function lintRow(circuit: Circuit): CheckRow {
  const check = "lint by Verilator, all warnings";
  const tool = findTool("verilator");
  if (tool === undefined) return { check, verdict: "not run", detail: "verilator is not installed" };
  const warnings = lintWithVerilator(verilogOf(circuit), circuit.top.name);
  return warnings.length === 0
    ? { check, verdict: "passed", detail: tool.version }
    : { check, verdict: "failed", detail: warnings.slice(0, 3).join("; ") };
}
