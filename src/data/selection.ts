/** @file Choosing examples: by index, by count, at random with a seed, and splitting so that every class keeps its share. */

import { allocate } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import type { Tensor } from "../base/tensor.ts";
import { contentChecksum, count, type Dataset, exampleSize } from "./dataset.ts";

/** Rows of a tensor in the order of `indices`. */
export function rows(values: Tensor, indices: ArrayLike<number>): Tensor {
  const size = exampleSize(values);
  const data = allocate(values.dtype, size * indices.length);
  // Elements are only moved, so that one kind of array may stand for all of them.
  const [to, source] = [data as Float64Array, values.data as Float64Array];
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * size;
    if (size > 32 && !Array.isArray(data)) to.set(source.subarray(from, from + size), i * size);
    else for (let j = 0; j < size; j++) to[i * size + j] = source[from + j]!;
  }
  return { dtype: values.dtype, dims: [indices.length, ...values.dims.slice(1)], data };
}

/** The examples `indices`, in that order; the checksum is that of the selection. */
export function subset(
  data: Dataset,
  indices: ArrayLike<number>,
  change: { split?: string; note?: string } = {},
): Dataset {
  const total = count(data);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(Number.isInteger(index) && index >= 0 && index < total)) {
      fail({
        code: "data.index",
        where: data.name,
        message: "no such example",
        expected: `0..${total - 1}`,
        got: `${index}`,
      });
    }
  }
  const inputs = rows(data.inputs, indices);
  const labels = data.labels === undefined ? undefined : rows(data.labels, indices);
  return {
    ...data,
    split: change.split ?? data.split,
    inputs,
    ...(labels === undefined ? {} : { labels }),
    notes: change.note === undefined ? data.notes : [...data.notes, change.note],
    checksum: contentChecksum(inputs, labels),
  };
}

const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);

/** The first `size` examples (all, where there are fewer). */
export function take(data: Dataset, size: number): Dataset {
  const total = count(data);
  return size >= total ? data : subset(data, range(0, size), { note: `first ${size} of ${total} examples` });
}

/** `size` random examples in which every class keeps its share. */
export function sample(data: Dataset, size: number, seed: number): Dataset {
  const total = count(data);
  if (size >= total) return data;
  const [chosen] = stratified(data, total - size, seed, "sample");
  return subset(data, chosen, { note: `${size} of ${total} examples, stratified, seed ${seed}` });
}

/**
 * Splits at random into train and test so that every class keeps its share (largest remainders).
 * Both parts come out shuffled, so that the first k examples of either are a fair mixture, too.
 * @param testCount number of test examples
 */
export function split(data: Dataset, testCount: number, seed: number): { train: Dataset; test: Dataset } {
  const total = count(data);
  if (!(Number.isInteger(testCount) && testCount > 0 && testCount < total)) {
    fail({
      code: "data.split",
      where: data.name,
      message: "cannot split off that many test examples",
      expected: `1..${total - 1}`,
      got: `${testCount}`,
    });
  }
  const [train, test] = stratified(data, testCount, seed, "split");
  const note = `no official split: ${train.length} / ${test.length} drawn with seed ${seed}`;
  return { train: subset(data, train, { split: "train", note }), test: subset(data, test, { split: "test", note }) };
}

/** Splits by position: the first examples train, the last `testCount` test. For text and time series. */
export function splitAtEnd(data: Dataset, testCount: number): { train: Dataset; test: Dataset } {
  const total = count(data);
  const border = total - testCount;
  return {
    train: subset(data, range(0, border), { split: "train" }),
    test: subset(data, range(border, total), { split: "test" }),
  };
}

function stratified(data: Dataset, second: number, seed: number, stream: string): [Uint32Array, Uint32Array] {
  const total = count(data);
  const order = new Rng(seed, stream).permutation(total);
  const classOf = (index: number): number =>
    data.classes === undefined || data.labels === undefined ? 0 : Number(data.labels.data[index]);
  const groups = new Map<number, number[]>();
  for (const index of order) {
    const group = groups.get(classOf(index));
    if (group === undefined) groups.set(classOf(index), [index]);
    else group.push(index);
  }
  const shares = [...groups].map(([label, members]) => {
    const exact = (members.length * second) / total;
    return { label, size: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let missing = second - shares.reduce((sum, share) => sum + share.size, 0);
  for (const share of [...shares].sort((a, b) => b.rest - a.rest || a.label - b.label)) {
    if (missing-- > 0) share.size++;
  }
  const inSecond = new Uint8Array(total);
  for (const { label, size } of shares) for (const index of groups.get(label)!.slice(0, size)) inSecond[index] = 1;
  return [order.filter((index) => inSecond[index] === 0), order.filter((index) => inSecond[index] === 1)];
}
