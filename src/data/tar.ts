/** @file One member of a tar archive (POSIX ustar), taken from memory. */

import { fail } from "../base/errors.ts";

const block = 512;

/** The contents of the member `name`. */
export function tarMember(tar: Buffer<ArrayBuffer>, name: string, where: string): Buffer<ArrayBuffer> {
  const names: string[] = [];
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
    if (path === name) {
      if (start + size > tar.length) {
        fail({
          code: "tar.truncated",
          where: `${where} › ${name}`,
          message: "archive ends inside this member",
          expected: `${size} bytes`,
          got: `${tar.length - start}`,
          hint: "get the file again",
        });
      }
      return tar.subarray(start, start + size);
    }
    names.push(path);
    position = start + Math.ceil(size / block) * block;
  }
  return fail({
    code: "tar.member",
    where,
    message: `there is no member "${name}"`,
    got: names.slice(0, 20).join(", ") || "no members",
  });
}
