/** @file Circuits: typed Verilog, generators, and what holds them against their models. */

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
export * from "./generators/index.ts";
export { simulateWithIcarus } from "./native/icarus.ts";
export { findTool, nativeTools } from "./native/tools.ts";
export { lintWithVerilator } from "./native/verilator.ts";
export { allVectors, freeInputs, randomVectors } from "./stimulus.ts";
export { type Testbench, testbenchOf } from "./testbench.ts";
export {
  Interpreter,
  type Machine,
  type Module,
  ModuleBuilder,
  type Values,
  type VerilogFile,
} from "./verilog/index.ts";
