import fc from "fast-check";
import { expect, it } from "vitest";
import { numbers, tensor } from "../base/tensor.ts";
import { dataset } from "./dataset.ts";
import { isText, nextCharacters } from "./next-character.ts";

const text = (tokens: readonly number[]) =>
  dataset({
    name: "text",
    split: "train",
    inputs: tensor("int32", [tokens.length], tokens),
    classes: 9,
    classNames: [..."abcdefghi"],
    source: "here",
  });

it("cuts windows, and says what comes next at every place", () => {
  const cut = nextCharacters(text([1, 2, 3, 4, 5, 6, 7, 8]), 3);
  expect(cut.inputs).toEqual(tensor("uint8", [2, 3], [1, 2, 3, 4, 5, 6]));
  expect(cut.labels).toEqual(tensor("int32", [2, 3], [2, 3, 4, 5, 6, 7]));
  expect(isText(text([1, 2]))).toBe(true);
  expect(isText(cut)).toBe(false);
  expect(cut.checksum).not.toBe(nextCharacters(text([1, 2, 3, 4, 5, 6, 7, 8]), 3, 2).checksum);
});

it("labels are the inputs one place on, for any stride", () => {
  const sizes = fc.record({
    tokens: fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 8, maxLength: 60 }),
    context: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(sizes, ({ tokens, context, stride }) => {
      const { inputs, labels } = nextCharacters(text(tokens), context, stride);
      const windows = inputs.dims[0]!;
      // As many as fit: one more would need a character beyond the end.
      expect((windows - 1) * stride + context + 1).toBeLessThanOrEqual(tokens.length);
      expect(windows * stride + context + 1).toBeGreaterThan(tokens.length);
      const [x, y] = [numbers(inputs), numbers(labels!)];
      for (let w = 0; w < windows; w++) {
        for (let t = 0; t < context; t++) {
          expect(x[w * context + t]).toBe(tokens[w * stride + t]);
          expect(y[w * context + t]).toBe(tokens[w * stride + t + 1]);
        }
      }
    }),
  );
});

it("refuses a text that is too short, and sizes that are none", () => {
  expect(() => nextCharacters(text([1, 2, 3]), 3)).toThrow(expect.objectContaining({ code: "text.short" }));
  expect(() => nextCharacters(text([1, 2, 3]), 0)).toThrow(expect.objectContaining({ code: "option.range" }));
  expect(() => nextCharacters(text([1, 2, 3]), 1, 0.5)).toThrow(expect.objectContaining({ code: "option.range" }));
});
