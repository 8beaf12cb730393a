/** @file The cache directory follows the environment. */

import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheDirectory } from "./cache-directory.ts";

test("the cache directory follows the environment", () => {
  expect(cacheDirectory({ FEMTO_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/x" })).toBe(join("/x", "femto"));
  expect(cacheDirectory({ LOCALAPPDATA: "/l" })).toBe(join("/l", "femto", "cache"));
  expect(cacheDirectory({})).toMatch(/\.cache[\\/]femto$/);
});
