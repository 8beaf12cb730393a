/** @file BitShift: element-wise shift of bits with broadcasting; bits shifted out are lost. ONNX BitShift-11. */

import { tensor } from "../base/tensor.ts";
import { required, text } from "./attributes.ts";
import { binary } from "./binary.ts";
import { none } from "./operator.ts";

export const BitShift = binary("BitShift", {
  since: 11,
  types: "unsigned",
  attributes: { direction: required(text("LEFT", "RIGHT")) },
  exact: (a, b, { direction }) => (direction === "LEFT" ? a << b : a >> b),
  gradient: none("takes integers"),
  ops: { logic: 1 },
  tolerance: 0,
  examples: [
    {
      name: "left, broadcast",
      inputs: [tensor("uint8", [3], [1, 3, 200]), tensor("uint8", [1], [2])],
      attributes: { direction: "LEFT" },
      expected: [tensor("uint8", [3], [4, 12, 32])],
    },
    {
      name: "right",
      inputs: [tensor("uint64", [2], [0xffff000000000000n, 5n]), tensor("uint64", [2], [60n, 1n])],
      attributes: { direction: "RIGHT" },
      expected: [tensor("uint64", [2], [15n, 2n])],
    },
  ],
});
