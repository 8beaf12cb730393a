/**
 * @file The result of a test run in one line, `N passed, N failed` (and `, N skipped`), from Vitest's JSON report. A
 * file that could not be loaded counts as one failed test; so does a report that is not there.
 */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** @typedef {{ status: string, assertionResults: { status: string }[] }} TestFile */

/**
 * @param {{ testResults: TestFile[] }} report
 */
export function count({ testResults }) {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const passed = tests.filter((status) => status === "passed").length;
  const failed = tests.filter((status) => status === "failed").length + broken.length;
  return { passed, failed, skipped: tests.length + broken.length - passed - failed };
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
export const resultLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let counts = { passed: 0, failed: 1, skipped: 0 };
  try {
    counts = count(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
  } catch (error) {
    console.log(`the tests left no report: ${error instanceof Error ? error.message : error}`);
  }
  console.log(resultLine(counts));
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
}
