/**
 * @file What an upgrade is: one change of one operator between two operator sets, as a rewrite of a single call. All
 * changes together (see `index.ts`) bring any file from operator set 7 on into the one form that the rest of Femto
 * knows. Changes that only widened the allowed types need no rewrite and have no file.
 *
 * Looked at and left alone, because form and meaning stayed: ConvTranspose-1 (its text swaps SAME_UPPER and SAME_LOWER,
 * no runtime ever did), OneHot-9 (negative indices were not allowed, later count from the end), AveragePool and MaxPool
 * (later versions spell out what `ceil_mode` and `auto_pad` had always computed), Cast-19 (infinity to a float8
 * "fnuz" type was NaN, since 24 the largest value), Range-11 (27 adds half floats).
 */

import type { DType } from "../../base/dtype.ts";
import type { Tensor } from "../../base/tensor.ts";
import type { Attributes } from "../../graph/node.ts";
import type { Value } from "../../graph/value.ts";

/** A call that is not a {@link Node} yet: upgrades may still change everything about it. */
export interface Draft {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly metadata?: ReadonlyMap<string, string>;
}

export interface Upgrade {
  /** The operators whose calls it rewrites. */
  readonly ops: readonly string[];
  /** The operator set that made the change; calls of earlier sets are rewritten. */
  readonly to: number;
  /** Emits calls that mean the same in operator set `to`, in topological order. */
  rewrite(call: Draft, context: UpgradeContext): void;
}

/** The graph around a call, as far as an upgrade may touch it. */
export interface UpgradeContext {
  emit(call: Pick<Draft, "op" | "inputs" | "outputs"> & Partial<Draft>): void;
  /** A new value, named after `stem`, for an output of an emitted call. */
  value(stem: string): Value;
  /** A new initializer. */
  constant(stem: string, tensor: Tensor): Value;
  /** The element type of a value, where it can be known without shape inference. */
  dtypeOf(value: Value | undefined): DType | undefined;
  /** Whether anything in the model reads the value. */
  isRead(value: Value): boolean;
}
