/** @file Optimizer: how a parameter moves against its gradient, written as graph nodes; state is carried by the step. */

import type { Tensor } from "../../base/tensor.ts";
import type { Value } from "../../graph/value.ts";
import type { Emit } from "../../operators/index.ts";

export interface Update {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly state: Readonly<Record<string, Value>>;
  /** State of the whole group after this step's `advance` (step counts, powers of β). */
  readonly shared: Readonly<Record<string, Value>>;
  /** Scalar learning rate of this step. */
  readonly rate: Value;
  /** Whether weight decay applies to this parameter (not to biases, shifts and scales). */
  readonly decays: boolean;
}

/** A parameter after its step, with the state that goes along. */
export interface Moved {
  readonly parameter: Value;
  readonly state: Record<string, Value>;
}

export interface Optimizer {
  readonly id: string;
  /** Initial state of one parameter, by name. */
  state(parameter: Tensor): Record<string, Tensor>;
  /** Initial state that the group shares. */
  shared(): Record<string, Tensor>;
  /** Emits the shared state of the next step. */
  advance(g: Emit, shared: Readonly<Record<string, Value>>): Record<string, Value>;
  /** Emits the new parameter and its new state. */
  update(g: Emit, update: Update): Moved;
}
