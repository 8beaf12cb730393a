/** @file Networks and data at the edge: inputs without positive values, weights of zeros, sizes that nobody knows. */

import { expect, it } from "vitest";
import { numbers, tensor } from "../../base/tensor.ts";
import type { TrainingData } from "../method.ts";
import { data, runSmall, smallNet } from "./small.fixture.ts";

const negated = ({ inputs, labels }: TrainingData): TrainingData => ({
  inputs: tensor(
    "float32",
    inputs.dims,
    numbers(inputs).map((value) => -Math.abs(value)),
  ),
  labels,
});

it("inputs that are never positive have a range that ends at zero", async () => {
  const dark = { train: negated(data.train), test: negated(data.test) };
  const { model, history } = await runSmall({ inputBits: null, freezeAt: 0.5 }, smallNet(), { data: dark });
  const range = (name: string) =>
    numbers(model.graph.initializers.find((v) => v.name === `conv1.${name}`)!.constant!)[0]!;
  expect(range("input_high")).toBe(0);
  expect(range("input_low")).toBeLessThan(-0.5);
  expect(history.at(-1)!.testAccuracy!).toBeGreaterThan(0.8);
});

it.each([true, false])("a layer whose weights start at zero trains (learned ranges: %s)", async (learnRanges) => {
  const net = smallNet();
  const weight = net.graph.initializers.find(({ name }) => name === "fc.weight")!;
  weight.constant = tensor("float32", weight.constant!.dims, new Array(weight.constant!.data.length).fill(0));
  const { history } = await runSmall({ learnRanges, fixedBits: 4 }, net);
  expect(history.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  expect(history.at(-1)!.testAccuracy!).toBeGreaterThan(0.8);
});

it("pictures of unknown size have no energy", async () => {
  const net = smallNet();
  net.graph.inputs[0]!.type = { dtype: "float32", dims: ["N", 1, "H", "W"] };
  await expect(runSmall({}, net)).rejects.toMatchObject({ name: "FemtoError" });
});
