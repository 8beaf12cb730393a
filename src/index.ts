/** @file The public entry of the package. */

export * from "./base/dtype.ts";
export * from "./base/errors.ts";
export * from "./base/rng.ts";
export * from "./base/soft-float.ts";
export * from "./base/tensor.ts";
export * from "./base/units.ts";
export * from "./graph/clone.ts";
export * from "./graph/dims.ts";
export * from "./graph/graph.ts";
export * from "./graph/model.ts";
export * from "./graph/node.ts";
export * from "./graph/order.ts";
export * from "./graph/pass.ts";
export * from "./graph/value.ts";
export * from "./graph/verify.ts";
