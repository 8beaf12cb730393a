/** @file The size ledger: lines per room. A source file over 400 lines is two ideas in one place and fails the check. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isTest, isTypeScript, listFiles, readHouse, root } from "./sources.mjs";

/** The most lines a source file may have. */
export const LONGEST = 400;

/** @typedef {{ files: number, lines: number, median: number, longest: number, testFiles: number, testLines: number }} Row */

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * @param {{ file: string, lines: number }[]} sizes
 * @returns {Row}
 */
export function summarise(sizes) {
  const sources = sizes.filter(({ file }) => !isTest(file)).map(({ lines }) => lines);
  const tests = sizes.filter(({ file }) => isTest(file)).map(({ lines }) => lines);
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, lines) => total + lines, 0);
  return {
    files: sources.length,
    lines: sum(sources),
    median: median(sources) ?? 0,
    longest: Math.max(0, ...sources),
    testFiles: tests.length,
    testLines: sum(tests),
  };
}

/**
 * Files and their line counts, per room.
 * @param {string} top the repository
 */
export function measure(top = root) {
  return readHouse(top).rooms.map(({ name, path }) => ({
    name,
    sizes: listFiles(top, path)
      .filter(isTypeScript)
      .map((file) => ({ file, lines: readFileSync(join(top, file), "utf8").split("\n").length - 1 })),
  }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const rooms = measure().filter(({ sizes }) => sizes.length > 0);
  const all = rooms.flatMap(({ sizes }) => sizes);
  const line = (/** @type {(string | number)[]} */ [name, ...cells]) =>
    `${String(name).padEnd(10)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
  console.log(line(["room", "files", "lines", "median", "longest", "tests", "lines"]));
  for (const { name, sizes } of [...rooms, { name: "all", sizes: all }]) {
    console.log(line([name, ...Object.values(summarise(sizes))]));
  }
  const long = all.filter(({ lines }) => lines > LONGEST);
  for (const { file, lines } of long) {
    console.log(`${file}: ${lines} lines, more than ${LONGEST}${isTest(file) ? " (a test: noted, not refused)" : ""}`);
  }
  if (long.some(({ file }) => !isTest(file))) process.exitCode = 1;
}
