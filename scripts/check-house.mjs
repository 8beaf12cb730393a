/**
 * @file The import law (house.json) held against every import statement. Prints each breach as `file:line`, and exits
 * with 1 if there is one. `--write` brings the table in docs/house.md up to date instead of complaining about it.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { isFixture, isTest, isTypeScript, listFiles, readHouse, roomOf, root } from "./sources.mjs";

/**
 * @typedef {import("./sources.mjs").House} House
 * @typedef {import("./sources.mjs").Room} Room
 * @typedef {{ specifier: string, line: number, isType: boolean }} Import
 * @typedef {{ file: string, line: number, message: string }} Breach
 */

const staticImport = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\s+from\s+)?["']([^"'\n]+)["']/gm;
const calledImport = /\b(?:import|require)\s*\(\s*["'`]([^"'`\n]+)["'`]/g;
const stringOrComment = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * The import statements, re-exports and `import()` calls of a TypeScript file. Regular expressions are enough for
 * sources that a formatter writes; comments are blanked first.
 * @param {string} text
 * @returns {Import[]}
 */
export function findImports(text) {
  const code = text.replace(stringOrComment, (match) => (match.startsWith("/") ? match.replace(/[^\n]/g, " ") : match));
  const lineOf = (/** @type {number} */ index) => code.slice(0, index).split("\n").length;
  const found = [];
  for (const match of code.matchAll(staticImport)) {
    const index = match.index + match[0].length;
    found.push({ specifier: /** @type {string} */ (match[2]), line: lineOf(index), isType: match[1] !== undefined });
  }
  for (const match of code.matchAll(calledImport)) {
    found.push({ specifier: /** @type {string} */ (match[1]), line: lineOf(match.index), isType: false });
  }
  return found.sort((a, b) => a.line - b.line);
}

/**
 * The names of the rooms that `room` may import.
 * @param {House} house
 * @param {Room} room
 * @returns {string[]}
 */
export function allowedRooms(house, room) {
  const names = house.rooms.map(({ name }) => name).filter((name) => name !== "index");
  const may =
    room.may === "everything" ? names : room.may === "above" ? names.slice(0, names.indexOf(room.name)) : room.may;
  return [room.name, ...may.filter((name) => !room.not?.includes(name))];
}

/**
 * What is wrong with one import; `undefined` where nothing is.
 * @param {House} house
 * @param {{ dependencies: Set<string> }} package_
 * @param {string} file
 * @param {Import} import_
 * @returns {string | undefined}
 */
function breachOf(house, package_, file, { specifier, isType }) {
  const room = /** @type {Room} */ (roomOf(house, file));
  const test = isTest(file);
  const mustRunInBrowsers = room.browser === true && !test && !house.doors.files.includes(file);
  if (!specifier.startsWith(".")) {
    if (specifier.startsWith("node:") || builtinModules.includes(specifier)) {
      return mustRunInBrowsers ? `${room.name} runs in browsers and may not import ${specifier}` : undefined;
    }
    const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    const owners = house.packages[name];
    if (owners !== undefined && !owners.includes(room.name)) {
      return `${room.name} may not import ${name}: it belongs to ${owners.join(", ")}`;
    }
    const mayDevelop = test || room.dev === true;
    return mayDevelop || package_.dependencies.has(name) ? undefined : `${name} is not among the dependencies`;
  }
  const target = posix.join(posix.dirname(file), specifier);
  const other = roomOf(house, target);
  if (other === undefined) {
    return target.endsWith(".json") && !target.startsWith("..") ? undefined : `${target} stands in no room`;
  }
  if (isFixture(target) && !test) return `${target} is a fixture; only tests import it`;
  if (isTest(target) && !isFixture(target)) return `${target} is a test; nothing imports a test`;
  const allowed = [...allowedRooms(house, room), ...(test ? house.tests.may : [])];
  if (!allowed.includes(other.name) && !(isType && room.types?.includes(other.name))) {
    return `${room.name} may not import ${other.name} (${specifier})`;
  }
  if (mustRunInBrowsers && house.doors.files.includes(target)) {
    return `${room.name} runs in browsers and may not import ${target}, which uses Node`;
  }
  // Rooms that are not part of the product (benches) measure the insides of methods; nothing depends on them.
  const mayLand = room.dev === true && room.may === "everything";
  return other.islands === true && !mayLand ? islandBreach(other, file, target) : undefined;
}

/**
 * Folders of an island room see neither one another nor the room's index; from outside, the way leads through the
 * files that lie in the room itself. So a folder can be deleted and only the index notices.
 * @param {Room} room
 * @param {string} file
 * @param {string} target
 */
function islandBreach(room, file, target) {
  const islandOf = (/** @type {string} */ path) =>
    path.startsWith(`${room.path}/`)
      ? path
          .slice(room.path.length + 1)
          .split("/")
          .slice(0, -1)[0]
      : undefined;
  const [from, to] = [islandOf(file), islandOf(target)];
  const index = `${room.path}/index.ts`;
  if (from !== undefined && target === index) return `${room.path}/${from} may not import the index of ${room.name}`;
  if (
    to === undefined ||
    from === to ||
    file === index ||
    (isTest(file) && file === index.replace(".ts", ".test.ts"))
  ) {
    return undefined;
  }
  return from === undefined
    ? `${room.path}/${to} is reached through ${index} only`
    : `${room.path}/${from} may not import ${room.path}/${to}`;
}

/**
 * @param {string} top the repository
 * @returns {{ files: number, imports: number, breaches: Breach[] }}
 */
export function checkHouse(top = root) {
  const house = readHouse(top);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(top, "package.json"), "utf8"));
  const package_ = { dependencies: new Set(Object.keys({ ...dependencies, ...optionalDependencies })) };
  const files = [...new Set(["src", ...house.rooms.map(({ path }) => path)].flatMap((path) => listFiles(top, path)))];
  /** @type {Breach[]} */
  const breaches = [];
  let imports = 0;
  for (const file of files.filter(isTypeScript)) {
    if (roomOf(house, file) === undefined) {
      breaches.push({ file, line: 1, message: "stands in no room of house.json" });
      continue;
    }
    for (const import_ of findImports(readFileSync(join(top, file), "utf8"))) {
      imports++;
      const message = breachOf(house, package_, file, import_);
      if (message !== undefined) breaches.push({ file, line: import_.line, message });
    }
  }
  for (const file of house.doors.files) {
    if (!existsSync(join(top, file))) breaches.push({ file: "house.json", line: 1, message: `no such door: ${file}` });
  }
  return { files: files.filter(isTypeScript).length, imports, breaches };
}

/**
 * The table of docs/house.md.
 * @param {House} house
 */
export function houseTable(house) {
  const rows = house.rooms.map((room) => {
    const may =
      room.may === "above" ? "all above" : room.may === "everything" ? "everything" : room.may.join(" ") || "–";
    const not = room.not === undefined ? "" : ` but ${room.not.join(", ")}`;
    const types = room.types === undefined ? "" : `; types of ${room.types.join(", ")}`;
    return `| \`${room.path}\` | ${room.holds} | ${may}${not}${types} | ${room.browser === true ? "yes" : ""} |`;
  });
  return ["| room | what lives there | may import | runs in browsers |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
}

/** @param {boolean} isWriting */
function checkTable(isWriting) {
  const page = join(root, "docs/house.md");
  const text = readFileSync(page, "utf8");
  const table = houseTable(readHouse());
  const renewed = text.replace(/\| room \|[\s\S]*?\n(?=\n)/, `${table}\n`);
  if (renewed === text) return true;
  if (isWriting) writeFileSync(page, renewed);
  else console.error("docs/house.md:1  the table differs from house.json; run node scripts/check-house.mjs --write");
  return isWriting;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { files, imports, breaches } = checkHouse();
  for (const { file, line, message } of breaches) console.error(`${file}:${line}  ${message}`);
  const isTableRight = checkTable(process.argv.includes("--write"));
  console.log(`house: ${files} files, ${imports} imports, ${breaches.length} breaches of the import law`);
  if (breaches.length > 0 || !isTableRight) process.exitCode = 1;
}
