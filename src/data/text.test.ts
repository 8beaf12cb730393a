import fc from "fast-check";
import { expect, test } from "vitest";
import { parseText, textOf } from "./text.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

test("the vocabulary is sorted by code point", () => {
  const { tokens, vocabulary } = parseText(utf8("banana\n𝄞é"), "x.txt");
  expect(vocabulary).toEqual(["\n", "a", "b", "n", "é", "𝄞"]);
  expect(tokens).toEqual({ dtype: "int32", dims: [9], data: Int32Array.from([2, 1, 3, 1, 3, 1, 0, 5, 4]) });
});

test("text to tokens and back is the identity", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
      fc.pre(!text.startsWith("\ufeff"));
      const { tokens, vocabulary } = parseText(utf8(text), "x");
      expect(textOf(tokens.data as Int32Array, vocabulary)).toBe(text);
    }),
  );
});

test("a fixed vocabulary", () => {
  expect(parseText(utf8("ab"), "x", ["b", "a"]).tokens.data).toEqual(Int32Array.from([1, 0]));
  expect(() => parseText(utf8("abc"), "x.txt", ["a", "b"])).toThrow(
    expect.objectContaining({ code: "text.character", where: "x.txt › character 2", got: '"c"' }),
  );
});

test.each([
  ["nothing", new Uint8Array(0), "text.empty"],
  ["Latin-1", Uint8Array.of(0x66, 0xfc, 0x72), "text.encoding"],
])("refused: %s", (_, bytes, code) => {
  expect(() => parseText(bytes, "x.txt")).toThrow(expect.objectContaining({ code, where: "x.txt" }));
});
