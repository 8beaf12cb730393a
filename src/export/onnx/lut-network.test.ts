import fc from "fast-check";
import { expect, test } from "vitest";
import { numbers, tensor } from "../../base/tensor.ts";
import { anyNetwork } from "../../engine/bits/any-network.fixture.ts";
import { mnistShape, randomNetwork, randomSamples } from "../../engine/bits/random-network.ts";
import { evaluate } from "../../engine/bits/reference.ts";
import { runReference } from "../../engine/index.ts";
import { toLutNetwork } from "../lut-network.ts";
import { toOnnx } from "./lut-network.ts";

test("property: the model's sums are the network's, for bytes and floats", () => {
  const small = anyNetwork.filter(({ encoder }) => encoder.threshold.every(Number.isFinite));
  fc.assert(
    fc.property(small, fc.nat(), (network, seed) => {
      const { features, dtype } = network.input;
      const samples = randomSamples(network.input, 15, seed);
      const feeds = { samples: tensor(dtype, [15, features], samples) };
      const sums = [...numbers(runReference(toOnnx(network), feeds).outputs.sums!)];
      const expected = Array.from(
        { length: 15 },
        (_, i) => evaluate(network, samples.subarray(i * features, (i + 1) * features)).sums,
      );
      expect(sums).toEqual(expected.flat());
    }),
    { numRuns: 40 },
  );
});

test("there and back it is the same network", () => {
  const network = randomNetwork({ ...mnistShape, codeBits: 60, layers: [40, 20] }, 2);
  const { padding: _, ...plain } = network;
  expect(toLutNetwork(toOnnx(network), { dtype: "uint8" })).toEqual(plain);
});

test("padding of more than a group's rest is refused", () => {
  const network = randomNetwork({ ...mnistShape, codeBits: 60, layers: [40, 20], padding: 20 }, 2);
  expect(() => toOnnx(network)).toThrow(expect.objectContaining({ code: "export.padding" }));
});
