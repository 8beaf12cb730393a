import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { firstMissing, isNodeNewEnough } from "./ensure-installed.mjs";

let top = "";
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "femto-install-"));
  mkdirSync(join(top, "node_modules"));
});
afterEach(() => rmSync(top, { recursive: true }));

const a = { version: "1.0.0", integrity: "sha512-a" };

/** @param {Record<string, unknown>} packages */
const lock = (packages) => writeFileSync(join(top, "package-lock.json"), JSON.stringify({ packages }));
/** @param {Record<string, unknown>} packages */
const install = (packages) => writeFileSync(join(top, "node_modules/.package-lock.json"), JSON.stringify({ packages }));

test("an installation in step with the lockfile is left alone", () => {
  lock({ "": {}, "node_modules/a": a, "node_modules/other-system": { ...a, optional: true } });
  install({ "node_modules/a": a });
  expect(firstMissing(top)).toBeUndefined();
});

test("a fresh clone, a new package, a new version and another content are seen", () => {
  lock({ "": {}, "node_modules/a": a });
  expect(firstMissing(top)).toBe("node_modules");
  install({});
  expect(firstMissing(top)).toBe("node_modules/a");
  install({ "node_modules/a": { ...a, version: "1.0.1" } });
  expect(firstMissing(top)).toBe("node_modules/a");
  install({ "node_modules/a": { ...a, integrity: "sha512-b" } });
  expect(firstMissing(top)).toBe("node_modules/a");
});

test("Node 20.19 is the oldest", () => {
  expect(["18.20.4", "20.18.3", "20.19.0", "20.20.2", "22.0.0"].map(isNodeNewEnough)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});
