/** @file Sources: the rooms of house.json and the TypeScript files in them; what the house check and the ledger read. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * @typedef {{ name: string, path: string, holds: string, may: string[] | "above" | "everything", not?: string[],
 *   types?: string[], browser?: boolean, islands?: boolean, dev?: boolean }} Room
 * @typedef {{ rooms: Room[], tests: { may: string[] }, packages: Record<string, string[]>,
 *   doors: { files: string[] } }} House
 */

/** The repository. */
export const root = join(import.meta.dirname, "..");

/**
 * @param {string} top the repository
 * @returns {House}
 */
export const readHouse = (top = root) => JSON.parse(readFileSync(join(top, "house.json"), "utf8"));

/**
 * Every file under a folder (or the file itself), with `/` between the parts of its path, in the order of their names.
 * @param {string} top the repository
 * @param {string} path
 * @returns {string[]}
 */
export function listFiles(top, path) {
  const start = join(top, path);
  if (!existsSync(start)) return [];
  if (statSync(start).isFile()) return [path];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !file.includes("/node_modules/"))
    .sort();
}

/** @param {string} file */
export const isTypeScript = (file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts");

/** @param {string} file */
export const isFixture = (file) => /\.fixture\.tsx?$/.test(file);

/**
 * Tests and the fixtures that only they use; the build leaves both out (tsconfig.build.json).
 * @param {string} file
 */
export const isTest = (file) => /\.(test|fixture)\.tsx?$/.test(file);

/**
 * The room a path lies in.
 * @param {House} house
 * @param {string} file
 */
export const roomOf = (house, file) =>
  house.rooms.find(({ path }) => file === path || file === `${path}.ts` || file.startsWith(`${path}/`));
