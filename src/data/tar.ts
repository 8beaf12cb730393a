/** @file Tar archives (POSIX ustar) in memory: all members in order, or one by name. */

import { fail } from "../base/errors.ts";

const block = 512;

interface Member {
  readonly path: string;
  readonly contents: Buffer<ArrayBuffer>;
}

/** The members in order. @throws FemtoError `tar.header`, `tar.truncated` */
export function* tarMembers(tar: Buffer<ArrayBuffer>, where: string): Generator<Member> {
  for (let position = 0; position + block <= tar.length; ) {
    const header = tar.subarray(position, position + block);
    if (header.every((byte) => byte === 0)) break;
    const text = (from: number, length: number): string =>
      header
        .subarray(from, from + length)
        .toString("latin1")
        .replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
    if (sum !== Number.parseInt(text(148, 8), 8) || !(size >= 0)) {
      fail({
        code: "tar.header",
        where: `${where} › byte ${position}`,
        message: "damaged or not a tar archive",
        hint: "get the file again",
      });
    }
    const start = position + block;
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
    const path = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    if (start + size > tar.length) {
      fail({
        code: "tar.truncated",
        where: `${where} › ${path}`,
        message: "archive ends inside this member",
        expected: `${size} bytes`,
        got: `${tar.length - start}`,
        hint: "get the file again",
      });
    }
    yield { path, contents: tar.subarray(start, start + size) };
    position = start + Math.ceil(size / block) * block;
  }
}

/** The contents of the member `name`. */
export function tarMember(tar: Buffer<ArrayBuffer>, name: string, where: string): Buffer<ArrayBuffer> {
  const names: string[] = [];
  for (const { path, contents } of tarMembers(tar, where)) {
    if (path === name) return contents;
    names.push(path);
  }
  return fail({
    code: "tar.member",
    where,
    message: `there is no member "${name}"`,
    got: names.slice(0, 20).join(", ") || "no members",
  });
}
