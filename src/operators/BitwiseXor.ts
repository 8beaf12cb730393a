/** @file BitwiseXor: element-wise exclusive or of bits with broadcasting. ONNX BitwiseXor-18. */

import { tensor } from "../base/tensor.ts";
import { binary } from "./binary.ts";
import { none } from "./operator.ts";

export const BitwiseXor = binary("BitwiseXor", {
  since: 18,
  types: "integer",
  exact: (a, b) => a ^ b,
  gradient: none("takes integers"),
  ops: { logic: 1 },
  tolerance: 0,
  examples: [
    {
      name: "broadcast int32",
      inputs: [tensor("int32", [2, 2], [12, -7, 255, 0]), tensor("int32", [2], [10, 6])],
      expected: [tensor("int32", [2, 2], [6, -1, 245, 6])],
    },
    {
      name: "uint64",
      inputs: [tensor("uint64", [1], [0xffff0000ffff0000n]), tensor("uint64", [1], [0xff00ff00ff00ff00n])],
      expected: [tensor("uint64", [1], [0x00ffff0000ffff00n])],
    },
  ],
});
