/** @file The reports room: the schema of a report, its terminal table and its page. */

export { renderCsv } from "./energy/csv.ts";
export { explainPath } from "./energy/explain.ts";
export { renderEnergyHtml } from "./energy/html.ts";
export * from "./energy/schema.ts";
export { energySubject } from "./energy/subject.ts";
export { renderEnergyTerminal } from "./energy/terminal.ts";
export { isLoss, percentText, scoreText } from "./format.ts";
export { renderHtml } from "./html/page.ts";
export { mainRow } from "./main-row.ts";
export * from "./schema.ts";
export { renderTerminal, type TerminalOptions } from "./terminal.ts";
export { type AgainstUniform, againstUniform, methodRows, uniformRows } from "./uniform-curve.ts";
export { energyNote, verdicts } from "./verdict.ts";
export * from "./weight-selection/schema.ts";
export type { WeightStorage } from "./weight-selection/storage.ts";
