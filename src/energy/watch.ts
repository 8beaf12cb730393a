/** @file What to watch for a bill or a spiking comparison: the inputs of the weighted layers, as codes where they are codes. */

import { bitsOf, isInteger, kindOf } from "../base/dtype.ts";
import { numbers } from "../base/tensor.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import type { WatchedValue } from "./activity-recorder.ts";
import type { Counts } from "./node-cost.ts";
import type { LayerWidths } from "./width.ts";

/**
 * The value that enters each weighted layer, once each. Codes behind a DequantizeLinear are watched as codes, with its zero
 * point; `widths` says where they have fewer bits than their container. Constants are left out.
 */
export function watchedInputs(model: Model, counts: Counts, widths: readonly LayerWidths[] = []): WatchedValue[] {
  const byName = new Map(allValues(model.graph).map((value) => [value.name, value]));
  const bits = new Map(widths.map(({ layer, input }) => [layer, input]));
  const watched = new Map<string, WatchedValue>();
  for (const { name, input } of counts.layers) {
    const value = input === undefined ? undefined : byName.get(input.value);
    if (value === undefined || value.constant !== undefined || watched.has(value.name)) continue;
    const width = bits.get(name);
    const grid = codeGrid(value, typeof width === "number" ? width : undefined);
    watched.set(value.name, { value: value.name, ...(grid && { grid }) });
  }
  return [...watched.values()];
}

function codeGrid(value: Value, width: number | undefined): WatchedValue["grid"] {
  const reader = value.uses.find(({ node }) => node.kind === "DequantizeLinear")?.node;
  const zero = reader?.inputs[2]?.constant;
  const dtype = value.type?.dtype ?? zero?.dtype;
  if (dtype === undefined || !isInteger(dtype) || bitsOf(dtype) > 32) return undefined;
  const container = bitsOf(dtype);
  return {
    bits: Math.min(width ?? container, container),
    isSigned: kindOf(dtype) === "int",
    zero: zero === undefined ? 0 : numbers(zero)[0]!,
  };
}
