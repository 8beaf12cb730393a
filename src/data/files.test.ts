import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cached } from "./cache.ts";
import { fileError, makeFolder, readBytes, writeAtomic } from "./files.ts";
import { directories, findDirectory, locate } from "./locate.ts";

let folder: string;
const saved = { ...process.env };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-files-"));
});
afterAll(() => {
  process.env = saved;
  rmSync(folder, { recursive: true });
});

test("a folder with its parents, once or again; where none can be, one error", () => {
  const path = join(folder, "new", "er", "est");
  makeFolder(path);
  makeFolder(path);
  writeFileSync(join(path, "file"), "");
  const wrong = { code: "file.write" };
  expect(() => makeFolder(join(path, "file"))).toThrow(expect.objectContaining(wrong));
  expect(() => makeFolder(join(path, "file", "below"))).toThrow(expect.objectContaining(wrong));
});

test.skipIf(process.platform !== "linux")("nothing can be made in /proc, and it says so at once", () => {
  expect(() => makeFolder("/proc/femto/deep")).toThrow(expect.objectContaining({ code: "file.write" }));
});

test("writes parts in order, over an old file, leaving nothing else", () => {
  const path = join(folder, "a", "b", "file.bin");
  writeAtomic(path, Uint8Array.of(1));
  writeAtomic(path, Uint8Array.of(2, 3), Uint8Array.of(4));
  expect([...readFileSync(path)]).toEqual([2, 3, 4]);
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["file.bin"]);
});

test("errors of the file system are said plainly", () => {
  expect(() => readBytes(join(folder, "none"))).toThrow(
    expect.objectContaining({ code: "file.read", message: "there is no such file", got: "ENOENT" }),
  );
  expect(() => readBytes(folder)).toThrow(expect.objectContaining({ message: "this is a directory" }));
  writeFileSync(join(folder, "plain"), "x");
  expect(() => writeAtomic(join(folder, "plain", "below"), Uint8Array.of(1))).toThrow(
    expect.objectContaining({ code: "file.write", message: "a part of the path is a file, not a directory" }),
  );
  expect(fileError("x", "write", Object.assign(new Error(), { code: "ENOSPC" }))).toMatchObject({
    message: "the disk is full",
    hint: "make room or choose another place",
  });
});

test("a target that cannot be replaced leaves no draft behind", () => {
  const path = join(folder, "occupied");
  writeAtomic(join(path, "inside"), Uint8Array.of(1));
  expect(() => writeAtomic(path, Uint8Array.of(2))).toThrow(expect.objectContaining({ code: "file.write" }));
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("made once, then taken from the cache; damage is found; without a cache it works", () => {
  process.env.FEMTO_CACHE = join(folder, "cache");
  let times = 0;
  const make = () => {
    times++;
    return Uint8Array.of(1, 2, 3);
  };
  const get = () => [...cached("key", make)];
  expect([get(), get(), times]).toEqual([[1, 2, 3], [1, 2, 3], 1]);
  const entry = join(folder, "cache", "made", "key");
  const bytes = readFileSync(entry);
  bytes[1]! ^= 1;
  writeFileSync(entry, bytes);
  expect([get(), get(), times]).toEqual([[1, 2, 3], [1, 2, 3], 2]);
  writeFileSync(entry, "short");
  expect([get(), times]).toEqual([[1, 2, 3], 3]);
  process.env.FEMTO_CACHE = join(folder, "plain");
  expect([get(), get(), times]).toEqual([[1, 2, 3], [1, 2, 3], 5]);
});

test("the chosen directory comes first, then the environment, shared folders, the cache", () => {
  const places = directories("data", "/chosen", { FEMTO_DATA: "/env", FEMTO_CACHE: "/cache" });
  expect(places.slice(0, 2)).toEqual(["/chosen", "/env"]);
  expect(places.at(-1)).toBe(join("/cache", "data"));
  expect(places).toContain(join(process.cwd(), "shared", "data"));
  expect(directories("models", undefined, { FEMTO_MODELS: "/m", FEMTO_CACHE: "/c" })[0]).toBe("/m");
});

test("all files of a set must be in one directory", () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  for (const path of [join(one, "s", "a"), join(two, "s", "a"), join(two, "s", "b")])
    writeAtomic(path, Uint8Array.of(1));
  process.env.FEMTO_DATA = two;
  expect(findDirectory("data", ["s/a"], one)).toBe(one);
  expect(findDirectory("data", ["s/a", "s/b"], one)).toBe(two);
  expect(locate("data", "s/b", one)).toBe(join(two, "s", "b"));
  expect(() => locate("data", "s/none", one)).toThrow(
    expect.objectContaining({ code: "data.not-found", where: "s/none", expected: expect.stringContaining(two) }),
  );
  expect(() => locate("models", "none.onnx")).toThrow(expect.objectContaining({ code: "models.not-found" }));
});
