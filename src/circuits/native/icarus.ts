/** @file Runs self-checking testbenches in Icarus Verilog. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Testbench } from "../testbench.ts";
import { runTool } from "./tools.ts";

export interface SimulationResult {
  readonly module: string;
  readonly passed: boolean;
  /** Lines the testbench printed: differences, and the verdict. */
  readonly lines: readonly string[];
}

/**
 * Compiles and runs testbenches together. @throws FemtoError `circuits.tool`
 * @param files the Verilog of what they test
 */
export function simulateWithIcarus(
  files: readonly { readonly file: string; readonly text: string }[],
  benches: readonly Testbench[],
): SimulationResult[] {
  const folder = mkdtempSync(join(tmpdir(), "femto-icarus-"));
  try {
    for (const { file, text } of [...files, ...benches]) writeFileSync(join(folder, file), text);
    for (const { vectorFile, vectors } of benches) writeFileSync(join(folder, vectorFile), vectors);
    const sources = [...files, ...benches].map(({ file }) => file);
    const tops = benches.flatMap(({ module }) => ["-s", module]);
    runTool("iverilog", ["-g2005", "-Wall", "-Wno-timescale", ...tops, "-o", "bench.vvp", ...sources], folder);
    const printed = runTool("vvp", ["-n", "bench.vvp"], folder).split("\n");
    return benches.map(({ module }) => {
      const name = module.replace(/_tb$/, "");
      const lines = printed.filter((line) => line.split(" ")[1] === name);
      return { module, passed: lines.some((line) => line.startsWith("PASS ")), lines };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
