/** @file The `bits` engine without threads: what runs in Node and in browsers alike. Threads: pool.ts. */

export { BitsEngine, type BitsOptions, type Samples } from "./engine.ts";
export { fromJson, type LutNetworkJson, toJson } from "./json.ts";
export * from "./network.ts";
export { shareOfOnes } from "./ones.ts";
export { withFewerOutputs } from "./prune.ts";
export { mnistShape, type RandomShape, randomNetwork, randomSamples } from "./random-network.ts";
export { classifyReference, type Evaluation, evaluate } from "./reference.ts";
export { addressCounts, withoutUnseen } from "./unseen.ts";
export { validated } from "./validate.ts";
