/** @file Lint by Verilator: every warning it has. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The warnings and errors of `verilator --lint-only -Wall`, one line each. */
export function lintWithVerilator(
  files: readonly { readonly file: string; readonly text: string }[],
  top: string,
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "femto-lint-"));
  try {
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    const words = ["--lint-only", "-Wall", "--top-module", top, ...files.map(({ file }) => file)];
    const { stdout, stderr } = spawnSync("verilator", words, { cwd: folder, encoding: "utf8", timeout: 120_000 });
    return `${stdout}${stderr}`.split("\n").filter((line) => line.startsWith("%"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
