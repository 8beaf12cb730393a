/** @file Sums over everything but the channel, as gradients of biases and normalizations need them in every step. */

import type { Value } from "../graph/value.ts";
import { type Emit, rankOf } from "./emit.ts";

const spatialAxes = (x: Value): number[] => Array.from({ length: rankOf(x) - 2 }, (_, axis) => axis + 2);

/**
 * Σ over the batch and the spatial axes of [N, C, …]: [C]. First each plane, then the batch: up to three times as fast
 * in ONNX Runtime as one reduction over axes that do not touch.
 */
export const channelSums = (g: Emit, x: Value): Value => g.sum(g.sum(x, spatialAxes(x)), [0]);

/** The means over the same axes: [C]. */
export const channelMeans = (g: Emit, x: Value): Value => g.mean(g.mean(x, spatialAxes(x)), [0]);
