/**
 * @file From a quantised network and data to what passes through an array in each layer: integer A and W. Codes less their
 * zero point are what multiplies, so A is code − zero and padding is 0.
 */

import { isInteger } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import { numbers, type Tensor } from "../../base/tensor.ts";
import { checkTrace, type LayerTrace, type SystolicArray } from "../../circuits/characterise/index.ts";
import { type Feeds, runReference } from "../../engine/index.ts";
import type { Model } from "../../graph/model.ts";
import type { Node } from "../../graph/node.ts";
import { Conv } from "../../operators/Conv.ts";
import type { ConvAttributes } from "../../operators/convolution.ts";
import { readAttributes } from "../../operators/index.ts";
import { origin } from "../../rewrites/views.ts";
import { columnsOf, type Integers, im2col } from "./im2col.ts";
import { asRows } from "./rows.ts";

/** What is asked of a layer that was read back from a file; `readQuantised` of the export room says it of any form. */
export interface LayerCodes {
  readonly name: string;
  readonly node: Node;
  readonly weight?: { readonly bits: number; readonly dims: readonly number[]; readonly codes: Int32Array };
  readonly input?: { readonly bits: number; readonly scale: number; readonly zero: number };
}

export interface QuantisedNetwork {
  /** In `integer` files floating-point inputs of products are whole numbers already. */
  readonly form: string;
  readonly layers: readonly LayerCodes[];
}

export interface LayerTraces {
  readonly name: string;
  /** One matrix product, or one for each group of a grouped convolution. */
  readonly groups: readonly LayerTrace[];
}

export interface NetworkTraces {
  readonly layers: readonly LayerTraces[];
  /** Layers without a trace, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/** What `checkTrace` can take: widths that a unit is built for. */
const WIDEST = 10;

function whyNot({ node, weight, input }: LayerCodes): string | undefined {
  if (node.op === "ConvTranspose") return "a transposed convolution is not one product of W and columns";
  // Integer operators have their weight on the right; of the others `origin` finds the constant.
  if (node.inputs[0] && origin(node.inputs[0]).constant !== undefined) return "its weight stands on the left";
  if (node.attributes.transA?.value === 1) return "its input is transposed";
  if (weight === undefined || input === undefined) return "weight or input has no integer codes";
  if (weight.bits > WIDEST || input.bits > WIDEST) return `more than ${WIDEST} bits`;
  if (!node.op.includes("Conv") && weight.dims.length !== 2) return "its weight is no matrix";
  return undefined;
}

/** Codes less zero, from the codes themselves or from the real numbers that stand for them. */
function integersOf(x: Tensor, form: string, { name, input }: LayerCodes): Integers {
  const { scale, zero } = input!;
  const plain = numbers(x);
  if (isInteger(x.dtype)) return { dims: x.dims, values: Int32Array.from(plain, (code) => code - zero) };
  const unit = form === "integer" ? 1 : scale;
  const values = Int32Array.from(plain, (value, i) => {
    const steps = value / unit;
    const whole = Math.round(steps);
    if (Math.abs(steps - whole) < 1e-3) return whole;
    return fail({
      code: "lws.grid",
      where: `layer ${name} › input`,
      message: "a value does not lie on the layer's grid",
      expected: `a multiple of ${unit}`,
      got: `${value} at ${i}`,
    });
  });
  return { dims: x.dims, values };
}

function tracesOf(layer: LayerCodes, x: Integers): LayerTrace[] {
  const { name, node, weight } = layer;
  const isConv = node.op.includes("Conv");
  const attributes = isConv
    ? (readAttributes(Conv.attributes, node.attributes) as unknown as ConvAttributes)
    : undefined;
  const columns = attributes === undefined ? [columnsOf(x)] : im2col(x, weight!.dims, attributes);
  const rows = asRows(node, weight!.dims, Int16Array.from(weight!.codes));
  const size = rows.length / columns.length;
  return columns.map(({ values, inputs, steps }, group) => ({
    name: columns.length === 1 ? name : `${name} › group ${group}`,
    weights: rows.subarray(group * size, (group + 1) * size),
    activations: values,
    outputs: size / inputs,
    inputs,
    steps,
  }));
}

/** Layers that have a trace, and those that have none. */
export function traceable(network: QuantisedNetwork): {
  readonly traced: readonly LayerCodes[];
  readonly skipped: NetworkTraces["skipped"];
} {
  const traced = network.layers.filter((layer) => whyNot(layer) === undefined);
  const skipped = network.layers.flatMap((layer) => {
    const why = whyNot(layer);
    return why === undefined ? [] : [{ name: layer.name, why }];
  });
  return { traced, skipped };
}

/**
 * Takes down every layer's product from the values that went into it. Unsigned 8-bit codes need an array of 9 activation
 * bits, operands being signed.
 * @param seen the values that layers read, by name
 * @throws FemtoError `lws.trace`, `lws.grid`; those of `checkTrace`: operands or sums that do not fit the array, T < 2
 */
export function tracesOfValues(
  network: QuantisedNetwork,
  seen: ReadonlyMap<string, Tensor>,
  array: SystolicArray,
): NetworkTraces {
  const { traced, skipped } = traceable(network);
  const layers = traced.map((layer) => {
    const name = layer.node.inputs[0]!.name;
    const x = seen.get(name);
    if (x === undefined) {
      return fail({
        code: "lws.trace",
        where: `layer ${layer.name} › input`,
        message: `the model computes no value "${name}"`,
        hint: "read the layers from the same model that is run",
      });
    }
    const groups = tracesOf(layer, integersOf(x, network.form, layer));
    for (const trace of groups) checkTrace(trace, array);
    return { name: layer.name, groups };
  });
  return { layers, skipped };
}

/**
 * Runs the network in the reference engine on `feeds` and takes down every layer's product.
 * @param network the same model as read back by `readQuantised`
 * @throws FemtoError those of {@link tracesOfValues}
 */
export function traceNetwork(
  model: Model,
  network: QuantisedNetwork,
  feeds: Feeds,
  array: SystolicArray,
): NetworkTraces {
  const wanted = new Set(traceable(network).traced.map(({ node }) => node.inputs[0]!.name));
  const seen = new Map<string, Tensor>(Object.entries(feeds));
  runReference(model, feeds, {
    watch: ({ name }, tensor) => {
      if (wanted.has(name)) seen.set(name, tensor);
    },
  });
  return tracesOfValues(network, seen, array);
}
