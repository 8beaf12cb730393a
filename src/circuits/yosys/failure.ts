/** @file What Yosys complains of, as one error that names the module and the signal whose text it is. */

import { type ErrorFields, FemtoError } from "../../base/errors.ts";
import type { VerilogFile } from "../verilog/index.ts";

/** Text with the knowledge of which line belongs to which signal. */
export type Source = Pick<VerilogFile, "file" | "text"> & Partial<Pick<VerilogFile, "module" | "owners">>;

/** `mac › acc_q (mac.v:12)` for a file and a line (from 1); the file and line alone where nothing more is known. */
export function placeOf(sources: readonly Source[], file: string, line: number): string {
  const source = sources.find((known) => known.file === file);
  const owner = source?.owners?.[line - 1];
  const place = `${file}:${line}`;
  if (source?.module === undefined) return place;
  return owner === undefined ? `${source.module} (${place})` : `${source.module} › ${owner} (${place})`;
}

const plain = (text: string): string => text.replace(/\\(\S)/g, "$1").trim();

/** The first place `file:line` in a text of Yosys that is one of the sources, else the line that first has a name of it. */
function placeIn(text: string, sources: readonly Source[]): string | undefined {
  for (const [, file, line] of text.matchAll(/([\w./-]+\.s?v):(\d+)/g)) {
    if (sources.some((source) => source.file === file)) return placeOf(sources, file!, Number(line));
  }
  for (const [, module, name] of text.matchAll(/\b([A-Za-z_]\w*)\.\\?([A-Za-z_]\w*)/g)) {
    const source = sources.find((known) => known.module === module);
    const line = source?.text.split("\n").findIndex((row) => new RegExp(`\\b${name}\\b`).test(row)) ?? -1;
    if (line >= 0) return placeOf(sources, source!.file, line + 1);
  }
  return undefined;
}

/** Problems that `check` reports as warnings before it gives up, and what they are called here. */
const problems: readonly { readonly sign: RegExp; readonly code: string; readonly hint: string }[] = [
  {
    // Conflicting drivers also look like a loop, so they are asked for first.
    sign: /conflicting drivers|drivers conflicting/i,
    code: "circuits.driven-twice",
    hint: "each signal is driven by one assignment, block or instance",
  },
  {
    sign: /found logic loop/i,
    code: "circuits.loop",
    hint: "a signal depends on itself without a register between",
  },
  {
    sign: /is used but has no driver/i,
    code: "circuits.undriven",
    hint: "drive it, or tie it to a constant",
  },
];

/** The error that a failed run stands for. */
export function yosysFailure(log: string, sources: readonly Source[], step: string): FemtoError {
  const lines = log.split("\n");
  const at = lines.findLastIndex((line) => /\bERROR:/.test(line));
  const sentence = at < 0 ? "Yosys ended without a word" : plain(lines[at]!.replace(/^.*?\bERROR:/, ""));
  const fields: ErrorFields = {
    code: "circuits.yosys",
    where: placeIn(lines[at] ?? "", sources) ?? step,
    message: sentence,
  };
  for (const { sign, code, hint } of problems) {
    const warning = lines.findIndex((line) => /^Warning:/.test(line) && sign.test(line));
    if (warning < 0) continue;
    // The cells and wires of a loop or of conflicting drivers follow, indented.
    let end = warning + 1;
    while (end < lines.length && /^\s+\S/.test(lines[end]!)) end++;
    const details = lines.slice(warning + 1, end).map(plain);
    const where = placeIn(lines.slice(warning, end).join("\n"), sources) ?? fields.where!;
    const message = plain(lines[warning]!.replace(/^Warning:/, ""));
    return new FemtoError({
      code,
      where,
      message,
      ...(details.length > 0 && { got: details.slice(0, 4).join("; ") }),
      hint,
    });
  }
  const latch = latchIn(log, sources);
  return latch ?? new FemtoError(fields);
}

/** A latch that `proc` inferred; undefined where there is none. */
export function latchIn(log: string, sources: readonly Source[]): FemtoError | undefined {
  const found = /Latch inferred for signal `([^']+)' from process `([^']+)'/.exec(log);
  if (found === null) return undefined;
  const signal = plain(found[1]!).replace(/^([^.]+)\./, "$1 › ");
  return new FemtoError({
    code: "circuits.latch",
    where: placeIn(found[2]!, sources) ?? signal,
    message: `a latch was inferred for ${signal}`,
    expected: "combinational logic and flip-flops",
    hint: "assign it on every path: a default in every case, an else to every if",
  });
}
