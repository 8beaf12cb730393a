import { expect, test } from "vitest";
import { count, resultLine } from "./test-result.mjs";

/** @param {string[]} statuses */
const tests = (...statuses) => statuses.map((status) => ({ status }));

test("tests are counted, and a file that does not load counts as a failure", () => {
  const report = {
    testResults: [
      { status: "passed", assertionResults: tests("passed", "passed", "skipped", "pending", "todo") },
      { status: "failed", assertionResults: tests("passed", "failed") },
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: tests("skipped") },
    ],
  };
  expect(count(report)).toEqual({ passed: 3, failed: 3, skipped: 4 });
});

test("the line names skipped tests only where there are some", () => {
  expect(resultLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(resultLine({ passed: 12, failed: 1, skipped: 3 })).toBe("12 passed, 1 failed, 3 skipped");
});
