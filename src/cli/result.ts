/** @file What a finished run prints: the table, the paths; or everything as JSON. */

import { join, relative } from "node:path";
import { mainRow, renderTerminal } from "../reports/index.ts";
import type { RunResult } from "../runs/index.ts";
import type { Output } from "./output.ts";

export function printResult({ report, reportPath, htmlPath }: RunResult, folder: string, output: Output): void {
  const best = mainRow(report);
  const artefact = best === undefined ? undefined : join(folder, best.accuracy.artefact);
  output.print(`\n${renderTerminal(report, { width: output.width, color: output.color })}`);
  output.print(`report    ${shown(htmlPath)}`);
  output.print(`numbers   ${shown(reportPath)}`);
  if (artefact !== undefined) output.print(`artefact  ${shown(artefact)}`);
  output.json({ folder, report: reportPath, html: htmlPath, artefact, content: report });
}

/** A path as seen from where the user is, if that is shorter. */
export function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}
