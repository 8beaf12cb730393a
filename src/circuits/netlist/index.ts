/** @file Netlists: their type, how they are read, built, checked, named by content and written. */

export { NetlistBuilder } from "./builder.ts";
export { type FlipFlopCell, type GateCell, gateCells } from "./cells.ts";
export { checkNetlist } from "./check.ts";
export { type GateKind, gateKind, gateKinds, truthTable } from "./gate-kind.ts";
export { netlistHash } from "./hash.ts";
export { type Levels, levelise } from "./levelise.ts";
export { boothDigits } from "./mac/booth.ts";
export { buildMac, defaultMac, type MacOptions, type Multiplier, multipliers } from "./mac/mac.ts";
export * from "./netlist.ts";
export { type ReadOptions, readYosysNetlist } from "./read-yosys.ts";
export { type VerilogOptions, verilogNet, writeVerilog } from "./write-verilog.ts";
