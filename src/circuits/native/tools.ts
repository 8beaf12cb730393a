/** @file Programs that may be installed beside Femto: none is needed, each is used where it is there. */

import { spawnSync } from "node:child_process";
import { fail } from "../../base/errors.ts";

const versionArguments = { iverilog: "-V", verilator: "--version", yosys: "-V" } as const;
export type ToolName = keyof typeof versionArguments;

export interface Tool {
  readonly name: ToolName;
  /** The first line it prints about itself. */
  readonly version: string;
}

const known = new Map<ToolName, Tool | undefined>();

/** The tool as it is installed; undefined where it is not. */
export function findTool(name: ToolName): Tool | undefined {
  if (!known.has(name)) {
    const { status, stdout } = spawnSync(name, [versionArguments[name]], { encoding: "utf8", timeout: 20_000 });
    known.set(name, status === 0 ? { name, version: stdout.split("\n")[0]!.trim() } : undefined);
  }
  return known.get(name);
}

/** Runs a tool to its end. @returns what it printed @throws FemtoError with its words where it failed */
export function runTool(name: ToolName | "vvp" | "./obj_dir/bench", words: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(name, words, {
    cwd: folder,
    encoding: "utf8",
    timeout: 600_000,
    maxBuffer: 2 ** 28,
  });
  if (error === undefined && status === 0) return stdout + stderr;
  return fail({
    code: "circuits.tool",
    where: name,
    message: error === undefined ? `ended with code ${status}` : error.message,
    got: `${stdout}${stderr}`.trim().split("\n").slice(0, 12).join("\n            "),
  });
}
