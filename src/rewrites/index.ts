/** @file The rewrites room: graph-to-graph passes, one a file, and what they share. */

export * from "./absorb-bias.ts";
export * from "./attach-functions.ts";
export * from "./bind-dims.ts";
export * from "./expand-functions.ts";
export * from "./extract.ts";
export * from "./fake-quant-nodes.ts";
export * from "./final-softmax.ts";
export * from "./fix-defaults.ts";
export * from "./fold-batch-norm.ts";
export * from "./fold-constants.ts";
export * from "./fold-quantised-batch-norm.ts";
export * from "./free-batch.ts";
export * from "./freeze-weights.ts";
export * from "./inline-model.ts";
export * from "./insert-quantizers.ts";
export * from "./loopify.ts";
export * from "./merge-equal-nodes.ts";
export * from "./parameters.ts";
export * from "./prepare-for-training.ts";
export * from "./quantise-bias.ts";
export * from "./quantizable-layers.ts";
export * from "./remove-dead-nodes.ts";
export * from "./remove-identities.ts";
export * from "./training-mode.ts";
