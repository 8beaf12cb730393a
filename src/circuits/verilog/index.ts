/** @file Typed Verilog: expressions, modules, text. */

export type { VerilogFile } from "./emit.ts";
export * from "./expression.ts";
export { Interpreter, type Machine, type Values, wrap } from "./interpret.ts";
export { type Clocking, defaultClocking, type Item, type Module, ModuleBuilder, type Reset } from "./module.ts";
export { checkName, identifier, isReserved, snakeCase } from "./names.ts";
export * from "./operators.ts";
export { type Fabric, tableInputs } from "./table-text.ts";
