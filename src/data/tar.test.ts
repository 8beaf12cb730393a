import { expect, test } from "vitest";
import { cifar10Exact } from "./sets/cifar10-exact.ts";
import { tarMember, tarMembers } from "./tar.ts";

/** A ustar member: header fields at the offsets of POSIX 1003.1, contents padded to 512. */
function member(name: string, contents: string, prefix = ""): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write(`${contents.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(contents.length / 512) * 512);
  body.write(contents);
  return Buffer.concat([header, body]);
}

const tar = Buffer.concat([
  member("folder/", ""),
  member("folder/a.bin", "x".repeat(600)),
  member("b.bin", "hello", "folder"),
  Buffer.alloc(1024),
]) as Buffer<ArrayBuffer>;

test("finds members, with a prefix too", () => {
  expect(tarMember(tar, "folder/b.bin", "x.tar").toString()).toBe("hello");
  expect(tarMember(tar, "folder/a.bin", "x.tar")).toHaveLength(600);
});

test("refused: missing, cut off, damaged", () => {
  expect(() => tarMember(tar, "c.bin", "x.tar")).toThrow(
    expect.objectContaining({ code: "tar.member", got: "folder/, folder/a.bin, folder/b.bin" }),
  );
  expect(() => tarMember(tar.subarray(0, 512 + 512 + 100), "folder/a.bin", "x.tar")).toThrow(
    expect.objectContaining({ code: "tar.truncated" }),
  );
  const damaged = Buffer.from(tar);
  damaged[512]! ^= 1;
  expect(() => tarMember(damaged, "folder/b.bin", "x.tar")).toThrow(expect.objectContaining({ code: "tar.header" }));
});

test("all members in order", () => {
  const members = [...tarMembers(tar, "x.tar")].map(({ path, contents }) => [path, contents.length]);
  expect(members).toEqual([
    ["folder/", 0],
    ["folder/a.bin", 600],
    ["folder/b.bin", 5],
  ]);
});

test("CIFAR-10 is read from its archive, batches in order", () => {
  const image = (label: number) => String.fromCharCode(label) + String.fromCharCode(label + 1).repeat(3072);
  const names = ["data_batch_2", "test_batch", "data_batch_1", "data_batch_3", "data_batch_4", "data_batch_5"];
  const archive = Buffer.concat([
    ...names.map((name, index) => member(`cifar-10-batches-bin/${name}.bin`, image(index))),
    Buffer.alloc(1024),
  ]) as Buffer<ArrayBuffer>;
  const { read } = cifar10Exact;
  if ("all" in read) throw new Error("CIFAR-10 has an official split");
  const train = read.train!(() => archive);
  expect(train.inputs.dims).toEqual([5, 3, 32, 32]);
  expect(Array.from(train.labels!.data as Int32Array)).toEqual([2, 0, 3, 4, 5]);
  expect(train.inputs.data[3072]).toBe(1);
  expect(Array.from(read.test!(() => archive).labels!.data as Int32Array)).toEqual([1]);
});
