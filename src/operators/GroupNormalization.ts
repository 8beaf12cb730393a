/** @file GroupNormalization: groups of channels of every image standardized, then scale and bias per channel. ONNX GroupNormalization-21. */

import { fail } from "../base/errors.ts";
import { f32, numbers, sizeOf } from "../base/tensor.ts";
import { multiplyDims } from "../graph/dims.ts";
import { float, int, required } from "./attributes.ts";
import { channelSums } from "./channel-sums.ts";
import { dimsOf } from "./emit.ts";
import { affineChannels, perChannel } from "./InstanceNormalization.ts";
import { fromNumbers } from "./loops.ts";
import { doubles } from "./matrix.ts";
import { operator } from "./operator.ts";
import { checkRank } from "./shapes.ts";
import { standardize, standardized, standardizeGradient } from "./standardize.ts";
import { streaming } from "./work.ts";

export const GroupNormalization = operator("GroupNormalization", {
  since: 21,
  arity: [3, 3],
  attributes: { epsilon: float(1e-5), num_groups: required(int()), stash_type: int(1) },
  shape: ([x, scale, bias], at) => {
    checkRank(scale, 1, "scale");
    checkRank(bias, 1, "bias");
    const channels = x.dims?.[1];
    if (typeof channels === "number" && channels % at.num_groups !== 0) {
      fail({
        code: "shape.channels",
        where: "input X",
        message: `${channels} channels do not divide into ${at.num_groups} groups`,
      });
    }
    return [{ dtype: x.dtype, dims: x.dims }];
  },
  run: ([x, scale, bias], at) => {
    const { values } = standardize(doubles(x), sizeOf(x.dims.slice(1)) / at.num_groups, at);
    affineChannels(values, x.dims, numbers(scale), numbers(bias));
    return [fromNumbers(x.dtype, x.dims, values)];
  },
  // With x̂ = (x − μ)·r per image and group: dscale = Σ dy·x̂, dB = Σ dy, dx̂ = dy·scale; groups as [N, G, rest]
  gradient: (g, [x, scale], [dy], at) => {
    const [batch, channels, ...spatial] = dimsOf(x);
    const inGroups = [batch!, at.num_groups, multiplyDims((channels as number) / at.num_groups, ...spatial)];
    const grouped = (value: typeof x) => g.reshape(value, inGroups);
    const { hat, r } = standardized(g, grouped(x), [2], at);
    const dHat = grouped(g.mul(dy, perChannel(g, scale, x)));
    return [
      g.reshapeLike(standardizeGradient(g, { dHat, hat, r }, [2]), x),
      channelSums(g, g.mul(dy, g.reshapeLike(hat, x))),
      channelSums(g, dy),
    ];
  },
  work: (inputs, outputs) => {
    const size = sizeOf(inputs[0]!.dims);
    return streaming(inputs, outputs, { add: 4 * size, multiply: 3 * size });
  },
  examples: [
    {
      name: "four channels in two groups",
      inputs: [f32([1, 4, 1], [1, 3, 5, 9]), f32([4], [1, 2, 1, 2]), f32([4], [0, 0, 0.5, -0.5])],
      attributes: { num_groups: 2, epsilon: 0 },
      expected: [f32([1, 4, 1], [-1, 2, -0.5, 1.5])],
    },
    {
      name: "two images, two spatial axes",
      inputs: [
        f32([2, 2, 1, 3], [0.5, -1, 2, 0.25, 3, -0.75, 1.5, 0, -2, 1, 4, -0.5]),
        f32([2], [1.5, -1]),
        f32([2], [0.25, 1]),
      ],
      attributes: { num_groups: 1 },
    },
  ],
});
