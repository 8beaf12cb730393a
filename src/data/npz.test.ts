import fc from "fast-check";
import { expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { f32, i64, tensor } from "../base/tensor.ts";
import { formatNpz, npzNames, parseNpz } from "./npz.ts";

const decode = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

// numpy.savez(x=array([[1,2],[3,4]], 'u1'), y=array([0,1], '<i8')), NumPy 2.4
const saved = decode(
  "UEsDBC0AAAAAAAAAIQCCX1jr//////////8FABQAeC5ucHkBABAAhAAAAAAAAACEAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJ3x1MScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAyKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAQIDBFBLAwQtAAAAAAAAACEAfmr7yf//////////BQAUAHkubnB5AQAQAJAAAAAAAAAAkAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAAAAAAAAAAAQAAAAAAAABQSwECLQMtAAAAAAAAACEAgl9Y64QAAACEAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAAAAAAACEAfmr7yZAAAACQAAAABQAAAAAAAAAAAAAAgAG7AAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAAggEAAAAA",
);
// numpy.savez_compressed(a=zeros(50, '<f4'))
const compressed = decode(
  "UEsDBC0AAAAIAAAAIQB1Uo2L//////////8FABQAYS5ucHkBABAASAEAAAAAAABIAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GqYGOpo6CrUK5AMuhmECAFBLAQItAy0AAAAIAAAAIQB1Uo2LSAAAAEgBAAAFAAAAAAAAAAAAAACAAQAAAABhLm5weVBLBQYAAAAAAQABADMAAAB/AAAAAAA=",
);

test("reads what NumPy saved", () => {
  expect(npzNames(saved, "x.npz")).toEqual(["x", "y"]);
  expect(parseNpz(saved, "x.npz")).toEqual(
    new Map([
      ["x", tensor("uint8", [2, 2], [1, 2, 3, 4])],
      ["y", i64([0, 1])],
    ]),
  );
  expect(parseNpz(compressed, "x.npz")).toEqual(new Map([["a", f32([50], new Array(50).fill(0))]]));
  expect([...parseNpz(saved, "x.npz", ["y", "z"]).keys()]).toEqual(["y"]);
});

test("write then read is the identity; equal contents give equal bytes", () => {
  const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z_0-9]{0,8}$/);
  const values = fc.array(fc.float(), { maxLength: 20 }).map((list) => f32([list.length], list));
  fc.assert(
    fc.property(fc.dictionary(name, values, { noNullPrototype: true }), fc.boolean(), (record, deflate) => {
      const arrays = Object.entries(record);
      const bytes = formatNpz(arrays, deflate);
      expect(parseNpz(bytes, "x")).toEqual(new Map(arrays));
      expect(Buffer.from(bytes).equals(formatNpz(arrays, deflate))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("damage is found: contents never change unnoticed", () => {
  const arrays = parseNpz(saved, "x");
  fc.assert(
    fc.property(fc.nat(saved.length - 1), fc.integer({ min: 1, max: 255 }), (position, flip) => {
      const damaged = saved.slice();
      damaged[position]! ^= flip;
      let read: ReturnType<typeof parseNpz>;
      try {
        read = parseNpz(damaged, "x");
      } catch (error) {
        expect(error).toBeInstanceOf(FemtoError);
        return;
      }
      // A flip in a name or in a field that nobody reads may pass; the arrays are still the saved ones.
      for (const values of read.values()) expect([...arrays.values()]).toContainEqual(values);
    }),
    { numRuns: 1000 },
  );
});

test("an archive cut anywhere is refused", () => {
  for (let length = 0; length < saved.length; length += 7) {
    expect(() => parseNpz(saved.slice(0, length), "x.npz")).toThrow(expect.objectContaining({ code: "npz.zip" }));
  }
});

test("a claimed size that DEFLATE cannot reach is refused before memory is taken", () => {
  const bomb = compressed.slice();
  const directory = new DataView(bomb.buffer).getUint32(bomb.length - 6, true);
  new DataView(bomb.buffer).setUint32(directory + 24, 2 ** 31 - 1, true);
  expect(() => parseNpz(bomb, "x.npz")).toThrow(expect.objectContaining({ code: "npz.zip" }));
});

test("an error inside an array names archive and array", () => {
  const bytes = saved.slice();
  bytes[Buffer.from(bytes).indexOf("|u1") + 1] = "O".charCodeAt(0);
  expect(() => parseNpz(bytes, "x.npz")).toThrow(expect.objectContaining({ code: "npz.checksum", where: "x.npz › x" }));
});
