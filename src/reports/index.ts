/** @file The reports room: the schema of a report, its terminal table and its page. */

export { renderHtml } from "./html/page.ts";
export * from "./schema.ts";
export { renderTerminal, type TerminalOptions } from "./terminal.ts";
export { type AgainstUniform, againstUniform, methodRows, uniformRows } from "./uniform-curve.ts";
export { energyNote, verdicts } from "./verdict.ts";
