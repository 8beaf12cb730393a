import { expect, test } from "vitest";
import { measure, summarise } from "./ledger.mjs";

test("sources and tests are counted apart", () => {
  const sizes = [
    { file: "src/a/x.ts", lines: 10 },
    { file: "src/a/y.ts", lines: 31 },
    { file: "src/a/x.test.ts", lines: 500 },
  ];
  expect(summarise(sizes)).toEqual({ files: 2, lines: 41, median: 20.5, longest: 31, testFiles: 1, testLines: 500 });
  expect(summarise([])).toEqual({ files: 0, lines: 0, median: 0, longest: 0, testFiles: 0, testLines: 0 });
});

test("every room of the house that exists is measured", () => {
  const rooms = measure().filter(({ sizes }) => sizes.length > 0);
  expect(rooms.map(({ name }) => name)).toEqual(expect.arrayContaining(["base", "graph", "index"]));
  for (const { sizes } of rooms) for (const { lines } of sizes) expect(lines).toBeGreaterThan(0);
});
