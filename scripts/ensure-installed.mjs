/**
 * @file Brings node_modules in step with package-lock.json, so that `npm start` and `npm test` work on a fresh clone.
 * Compares contents and not times: a checkout changes times.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The oldest Node that runs Femto: [major, minor]. */
const OLDEST = [20, 19];

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Locked */

/**
 * @param {string} version such as `20.19.0`
 */
export function isNodeNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * The first package of the lockfile that is not installed in that version; `undefined` when all are.
 * @param {string} top the repository
 * @returns {string | undefined}
 */
export function firstMissing(top) {
  /** @returns {Record<string, Locked>} */
  const packagesOf = (/** @type {string} */ file) => JSON.parse(readFileSync(join(top, file), "utf8")).packages;
  const locked = packagesOf("package-lock.json");
  let installed;
  try {
    // npm writes this file last: an interrupted installation has none.
    installed = packagesOf("node_modules/.package-lock.json");
  } catch {
    return "node_modules";
  }
  for (const [path, { version, integrity, optional, devOptional }] of Object.entries(locked)) {
    if (path === "" || ((optional || devOptional) && installed[path] === undefined)) continue;
    if (installed[path]?.version !== version || installed[path]?.integrity !== integrity) return path;
  }
  return undefined;
}

/** @param {string} top the repository */
function install(top) {
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []];
  return spawnSync(command, [...args, "ci"], { cwd: top, stdio: "inherit", shell: command === "npm" }).status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const top = fileURLToPath(new URL("..", import.meta.url));
  if (!isNodeNewEnough(process.versions.node)) {
    console.error(`Femto needs Node ${OLDEST.join(".")} or newer; this is Node ${process.versions.node}.`);
    process.exit(2);
  }
  const missing = firstMissing(top);
  if (missing !== undefined) {
    console.error(`Installing the dependencies (${missing} is missing or in another version) …`);
    if (!install(top)) {
      console.error("The dependencies could not be installed: `npm ci` failed, its message stands above.");
      console.error("Is there a way to the npm registry? Once `npm ci` passes, run this command again.");
      process.exit(2);
    }
  }
}
