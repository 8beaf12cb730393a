import { expect, test } from "vitest";
import { workOf } from "../operator-work.fixture.ts";
import { convOfWork } from "./index.ts";

test("a convolution with batch, stride and groups", () => {
  const work = workOf("Conv", [2, 8, 15, 13], [[12, 4, 3, 5], [12]], { group: 2, strides: [2, 1], pads: [1, 2, 1, 2] });
  expect(convOfWork(work, [15, 13])).toEqual({
    N: 2,
    C: 4,
    M: 6,
    R: 3,
    S: 5,
    E: 8,
    F: 13,
    H: 15,
    W: 13,
    U: 2,
    V: 1,
    groups: 2,
  });
});

test("one axis lies along the columns, a third one counts as channels and images", () => {
  const audio = workOf("Conv", [1, 16, 100], [[32, 16, 5]], { strides: [2] });
  expect(convOfWork(audio, [100])).toMatchObject({ R: 1, S: 5, E: 1, F: 48, H: 1, W: 100, U: 1, V: 2, C: 16, N: 1 });
  const volume = workOf("Conv", [1, 4, 6, 8, 10], [[2, 4, 3, 3, 3]]);
  expect(convOfWork(volume, [6, 8, 10])).toMatchObject({ R: 3, S: 3, E: 4, F: 6, C: 12, N: 8 });
});

test("products without windows are 1 × 1 convolutions of so many images", () => {
  const expected = { N: 5, C: 84, M: 10, R: 1, S: 1, E: 1, F: 1, H: 1, W: 1, U: 1, V: 1, groups: 1 };
  expect(convOfWork(workOf("Gemm", [5, 84], [[10, 84], [10]], { transB: true }), [])).toEqual(expected);
  // a transposed convolution multiplies pixel by pixel and scatters
  expect(convOfWork(workOf("ConvTranspose", [1, 8, 5, 5], [[8, 4, 2, 2]], { strides: [2, 2] }), [5, 5])).toMatchObject({
    N: 25,
    C: 8,
    M: 16,
    R: 1,
  });
  expect(convOfWork(workOf("Add", [4], [[4]]), [])).toBeUndefined();
});
