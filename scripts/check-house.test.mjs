import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkHouse, findImports } from "./check-house.mjs";
import { root } from "./sources.mjs";

/** @type {string[]} */
const folders = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const house = {
  rooms: [
    { name: "base", path: "src/base", may: [], browser: true },
    { name: "graph", path: "src/graph", may: ["base"], browser: true },
    { name: "engine", path: "src/engine", may: ["base"] },
    { name: "methods", path: "src/methods", may: "above", islands: true },
    { name: "export", path: "src/export", may: "above", not: ["methods"] },
    { name: "runs", path: "src/runs", may: "above" },
    { name: "index", path: "src/index.ts", may: "everything" },
    { name: "studio", path: "studio", may: ["base"], types: ["runs"], dev: true },
  ],
  tests: { may: ["base", "engine"] },
  packages: { runtime: ["engine"] },
  doors: { files: ["src/base/file.ts"] },
};

/**
 * The breaches in a repository of these files, as `file:line message`.
 * @param {Record<string, string>} files
 */
function breachesOf(files) {
  const top = mkdtempSync(join(tmpdir(), "femto-house-"));
  folders.push(top);
  const all = {
    "house.json": JSON.stringify(house),
    "package.json": JSON.stringify({ dependencies: { runtime: "1", zod: "4" } }),
    "src/base/file.ts": 'import "node:fs";\n',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(top, file)), { recursive: true });
    writeFileSync(join(top, file), text);
  }
  return checkHouse(top).breaches.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

describe("the import law", () => {
  test("holds in this repository", () => {
    expect(checkHouse(root).breaches).toEqual([]);
  });

  test.each([
    ["a room its row does not name", "src/base/a.ts", "../graph/b.ts", "base may not import graph (../graph/b.ts)"],
    ["a room below", "src/engine/a.ts", "../runs/b.ts", "engine may not import runs (../runs/b.ts)"],
    [
      "a room of `not`",
      "src/export/a.ts",
      "../methods/index.ts",
      "export may not import methods (../methods/index.ts)",
    ],
    ["the public entry", "src/runs/a.ts", "../index.ts", "runs may not import index (../index.ts)"],
    ["nowhere", "src/graph/a.ts", "../../scripts/x.ts", "scripts/x.ts stands in no room"],
    ["a test", "src/graph/a.ts", "./b.test.ts", "src/graph/b.test.ts is a test; nothing imports a test"],
    ["a fixture", "src/graph/a.ts", "./b.fixture.ts", "src/graph/b.fixture.ts is a fixture; only tests import it"],
    ["Node in a browser", "src/graph/a.ts", "node:fs", "graph runs in browsers and may not import node:fs"],
    ["Node by its old name", "src/graph/a.ts", "fs", "graph runs in browsers and may not import fs"],
    [
      "a door",
      "src/graph/a.ts",
      "../base/file.ts",
      "graph runs in browsers and may not import src/base/file.ts, which uses Node",
    ],
    ["another room's package", "src/graph/a.ts", "runtime/x", "graph may not import runtime: it belongs to engine"],
    ["it also in a test", "src/graph/a.test.ts", "runtime", "graph may not import runtime: it belongs to engine"],
    ["a package not installed", "src/graph/a.ts", "@lodash/x/y", "@lodash/x is not among the dependencies"],
    ["another method", "src/methods/qat/a.ts", "../eqat/b.ts", "src/methods/qat may not import src/methods/eqat"],
    ["the methods", "src/methods/qat/a.ts", "../index.ts", "src/methods/qat may not import the index of methods"],
    [
      "a method from outside",
      "src/runs/a.ts",
      "../methods/eqat/index.ts",
      "src/methods/eqat is reached through src/methods/index.ts only",
    ],
    [
      "a test of a room it may not see",
      "src/graph/a.test.ts",
      "../runs/a.ts",
      "graph may not import runs (../runs/a.ts)",
    ],
  ])("refuses %s", (_, file, specifier, message) => {
    expect(breachesOf({ [file]: `/** @file a */\n\nimport { b } from "${specifier}";\n` })).toEqual([
      `${file}:3 ${message}`,
    ]);
  });

  test.each([
    ["its own room", "src/graph/a.ts", "./b.ts"],
    ["a room of its row", "src/graph/a.ts", "../base/b.ts"],
    ["Node where no browser goes", "src/engine/a.ts", "node:fs"],
    ["Node behind a door's name", "src/engine/a.ts", "../base/file.ts"],
    ["Node in a test", "src/graph/a.test.ts", "node:fs"],
    ["a fixture in a test", "src/graph/a.test.ts", "./b.fixture.ts"],
    ["the foundation in a test", "src/graph/a.test.ts", "../engine/b.ts"],
    ["development packages in a test", "src/graph/a.test.ts", "vitest"],
    ["development packages in a tool", "studio/a.tsx", "vite"],
    ["a dependency", "src/graph/a.ts", "zod"],
    ["the room's package", "src/engine/a.ts", "runtime"],
    ["the method's contract", "src/methods/eqat/a.ts", "../method.ts"],
    ["a method from the index", "src/methods/index.ts", "./eqat/index.ts"],
    ["the methods' index", "src/runs/a.ts", "../methods/index.ts"],
    ["anything in the public entry", "src/index.ts", "./runs/a.ts"],
    ["the package's own description", "src/runs/a.ts", "../../package.json"],
  ])("allows %s", (_, file, specifier) => {
    expect(breachesOf({ [file]: `import { b } from "${specifier}";\n` })).toEqual([]);
  });

  test("lets types through where only types may pass", () => {
    expect(breachesOf({ "studio/a.ts": 'import type { A } from "../src/runs/a.ts";\n' })).toEqual([]);
    expect(breachesOf({ "studio/a.ts": 'import { a } from "../src/runs/a.ts";\n' })).toHaveLength(1);
  });

  test("knows files without a room and doors without a file", () => {
    expect(breachesOf({ "src/lost/a.ts": "" })).toEqual(["src/lost/a.ts:1 stands in no room of house.json"]);
    house.doors.files.push("src/base/gone.ts");
    expect(breachesOf({})).toEqual(["house.json:1 no such door: src/base/gone.ts"]);
    house.doors.files.pop();
  });
});

test("findImports sees every form and no comment", () => {
  const text = `
import a from "1";
import type { B } from "2";
import {
  c,
  type D,
} from "3";
import * as e from "4";
import "5";
export * from "6";
export { f, g as h } from "7";
export type { I } from "8";
const j = await import("9");
let k: typeof import("10");
const l = require("11");
// import "no";
/* import("no")
import "no"; */
const m = "// " + import("12");
export const n = "from"; const o = "no";
`;
  expect(findImports(text).map(({ specifier }) => specifier)).toEqual([..."123456789".split(""), "10", "11", "12"]);
  expect(findImports(text).filter(({ isType }) => isType)).toHaveLength(2);
  expect(findImports(text)[2]).toEqual({ specifier: "3", line: 7, isType: false });
});
