import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { kept } from "./captured.fixture.ts";
import { report, Stopped } from "./failure.ts";
import { Output } from "./output.ts";

function reported(error: unknown, isJson = false) {
  const [stdout, stderr] = [kept(), kept()];
  const code = report(error, new Output({ stdout: stdout.stream, stderr: stderr.stream, env: {} }, isJson));
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

test("a user's mistake: one message without a stack, code 2", () => {
  const error = new FemtoError({
    code: "x.y",
    where: "a.onnx",
    message: "is wrong",
    expected: "b",
    got: "c",
    hint: "d",
  });
  const { code, stdout, stderr } = reported(error);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toBe("a.onnx: is wrong\n  expected  b\n  got       c\n  hint      d\n");
  expect(JSON.parse(reported(error, true).stdout)).toEqual({ error: error.toJSON() });
});

test("what the operating system refuses is a user's mistake", () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-"));
  const path = join(folder, "absent.yaml");
  try {
    readFileSync(path);
  } catch (error) {
    const { code, stderr } = reported(error);
    expect([code, stderr]).toEqual([2, `${path}: there is no such file or folder\n`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(existsSync(folder)).toBe(false);
});

test("a bug: the stack and code 70", () => {
  const { code, stderr } = reported(new TypeError("x is not a function"));
  expect(code).toBe(70);
  expect(stderr).toContain("This is a bug in Femto");
  expect(stderr).toMatch(/TypeError: x is not a function\n\s+at /);
});

test("told to stop: how to go on, code 130", () => {
  const { code, stderr } = reported(new Stopped("The same command goes on."));
  expect([code, stderr]).toEqual([130, "The same command goes on.\n"]);
});
