import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Output } from "./output.ts";
import { StageLine } from "./stage-line.ts";

function shown(isTTY: boolean, calls: readonly (readonly [ms: number, stage: string, detail?: string])[]): string {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  let now = 0;
  const line = new StageLine(new Output({ stdout: new PassThrough(), stderr, env: {} }, false), () => now);
  for (const [ms, stage, detail] of calls) {
    now = ms;
    line.show(stage, detail);
  }
  line.finish();
  return String(stderr.read());
}

const calls = [
  [0, "mapping", "PROC"],
  [50, "mapping", "OPT"],
  [14_000, "mapping", "TECHMAP"],
  [16_000, "mapping", "ABC"],
  [16_010, "proof"],
] as const;

test("elsewhere: a line for every stage, and one now and then within", () => {
  expect(shown(false, calls)).toBe("0.0 s  mapping: PROC\n16.0 s  mapping: ABC\n16.0 s  proof\n");
});

test("on a terminal: one line a stage, redrawn", () => {
  const text = shown(true, calls);
  expect(text.split("\n")).toHaveLength(3);
  expect(text).toContain("\r14.0 s  mapping: TECHMAP\u001B[K\r16.0 s  mapping: ABC\u001B[K\n\r16.0 s  proof\u001B[K\n");
  expect(text).not.toContain("OPT");
});
