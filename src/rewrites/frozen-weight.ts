/**
 * @file The frozen weight of a layer, integer codes behind a DequantizeLinear, as passes after `freeze-weights` read and
 * replace it: to scale it, to flip its signs, to clear channels.
 */

import { numbers, scalar, stridesOf, type Tensor, tensor } from "../base/tensor.ts";
import type { Node } from "../graph/node.ts";
import type { Value } from "../graph/value.ts";
import type { Emit } from "../operators/index.ts";
import { channelAxis } from "./insert-quantizers.ts";

export interface FrozenWeight {
  /** Integer codes; true bits in their metadata. */
  readonly codes: Value;
  readonly dequantise: Node;
  /** One scale, or one for each output channel. */
  readonly scales: ArrayLike<number>;
  /** The axis along which output channels lie. */
  readonly axis: number;
  readonly channels: number;
}

/** The weight on the right-hand side (input 1) of a layer; `undefined` where it is not frozen or has other scales. */
export function frozenWeight(layer: Node): FrozenWeight | undefined {
  const dequantise = layer.inputs[1]?.producer;
  const codes = dequantise?.inputs[0];
  const scale = dequantise?.inputs[1]?.constant;
  if (dequantise?.kind !== "DequantizeLinear" || codes?.constant === undefined || scale === undefined) return undefined;
  if (dequantise.inputs[2] !== undefined || scale.dims.length > 1) return undefined;
  const axis = channelAxis(layer, codes);
  const channels = codes.constant.dims[axis]!;
  const isWhole = scale.data.length === 1;
  const along = (dequantise.attributes.axis?.value as number | undefined) ?? 1;
  if (!isWhole && (scale.data.length !== channels || along !== axis)) return undefined;
  return { codes, dequantise, scales: numbers(scale), axis, channels };
}

/** Scale of an output channel. */
export const scaleOf = ({ scales }: FrozenWeight, channel: number): number =>
  scales[scales.length === 1 ? 0 : channel]!;

/** Gives the layer other codes and scales (one, or one a channel); whoever else reads the old ones keeps them. */
export function replaceWeight(g: Emit, layer: Node, old: FrozenWeight, codes: Tensor, scales: readonly number[]): void {
  const { graph } = g;
  const fresh = graph.addInitializer(`${old.codes.name}.folded`, codes);
  for (const [key, text] of old.codes.metadata) fresh.metadata.set(key, text);
  const isWhole = scales.length === 1;
  const scale = graph.addInitializer(
    `${old.codes.name}.folded_scale`,
    isWhole ? scalar("float32", scales[0]!) : tensor("float32", [scales.length], scales),
  );
  layer.setInput(1, g.op("DequantizeLinear", [fresh, scale], isWhole ? {} : { axis: old.axis }));
  if (!old.dequantise.outputs[0]!.isUsed) graph.removeNodes([old.dequantise]);
}

/** Codes multiplied by −1, 0 or 1 a channel, or one for all. Narrow grids are symmetric, so that every code has a mirror. */
export function withSigns({ codes, axis }: FrozenWeight, signs: readonly number[]): Tensor {
  const { dtype, dims, data } = codes.constant!;
  if (signs.every((sign) => sign === 1)) return codes.constant!;
  const stride = signs.length === 1 ? data.length : stridesOf(dims)[axis]!;
  const turned = (data as Int8Array<ArrayBuffer>).slice();
  for (let i = 0; i < turned.length; i++) turned[i]! *= signs[Math.floor(i / stride) % signs.length]!;
  return { dtype, dims, data: turned };
}
