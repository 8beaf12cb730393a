/** @file Circuits: typed Verilog, generators, and what holds them against their models. */

export { type ArrayProduct, arrayProduct, type Matrix, runVectors } from "./array-product.ts";
export { type CheckRow, checkCircuit } from "./check-circuit.ts";
export {
  type Built,
  type Circuit,
  type Generator,
  generate,
  modulesOf,
  sidecarOf,
  verilogOf,
} from "./circuit.ts";
export { type Counterexample, counterexampleText, firstDifference, warmupOf } from "./compare.ts";
export { compareDesigns } from "./compare-designs.ts";
export { NetlistMachine, singleStream } from "./equivalence/netlist-machine.ts";
export { type Proof, proveEqual, proveEqualBySat } from "./equivalence/proof.ts";
export { checkBySimulation, type SimulationCheck } from "./equivalence/simulation.ts";
export type { Examined, Property } from "./formal/harness.ts";
export { checkProperty, examinedOf, type PropertyCheck, type PropertyOptions } from "./formal/prove.ts";
export { proveSameRuns } from "./formal/same-runs.ts";
export { type FpgaNetlist, readFpgaNetlist } from "./fpga/netlist.ts";
export { runFpgaNetlist } from "./fpga/run.ts";
export * from "./generators/index.ts";
export { simulateWithIcarus } from "./native/icarus.ts";
export { findTool } from "./native/tools.ts";
export { lintWithVerilator } from "./native/verilator.ts";
export { simulateWithVerilator } from "./native/verilator-run.ts";
export { holding, randomRows, rowsOfCsv, streamOf } from "./netlist-stimulus.ts";
export { allVectors, freeInputs, randomVectors } from "./stimulus.ts";
export { type Testbench, testbenchOf } from "./testbench.ts";
export * from "./verilog/index.ts";
export { libertyText } from "./yosys/liberty.ts";
export { readAndCheck, type Target, targets } from "./yosys/recipes.ts";
export type { CellCounts, FpgaCounts } from "./yosys/statistics.ts";
export { type Design, designOf, quickNetlists, type Synthesis, synthesise } from "./yosys/synthesise.ts";
export { Yosys, type YosysOptions } from "./yosys/yosys.ts";
