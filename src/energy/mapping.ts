/**
 * @file Mapping: turns a region of the graph (one node, or a product with the element-wise nodes that follow it) into
 * actions and busy time. One file each in `mappings/`.
 */

import type { Machine } from "../machines/index.ts";
import type { Activity } from "./activity.ts";
import type { Wires } from "./lookup-regions.ts";
import type { NodeCost } from "./node-cost.ts";
import type { Placement, PlacementChoice } from "./placement.ts";
import type { Schedule } from "./schedule.ts";
import type { StoredWeights } from "./stored-weights.ts";
import type { NodeWidths } from "./value-widths.ts";
import type { WeightValues } from "./weight-values.ts";

export interface MappingOptions {
  /** Price the additions of the accumulator too where the mapping's equations leave them out (EQAT). */
  readonly accumulate?: boolean;
  readonly placement?: PlacementChoice;
  /** The name of a mapping in place of the machine's own. */
  readonly mapping?: string;
  /** False: element-wise nodes read and write memory on their own, instead of in the array on the way out. */
  readonly fuse?: boolean;
  /** Values of the layers' weights, for machines whose multiplier has a table of them; without it the table's mean is paid. */
  readonly weights?: WeightValues;
  /** Layers whose weights are stored as indices into a table; the others are stored as they are multiplied. */
  readonly stored?: StoredWeights | undefined;
  /** Zeros and events; without it nothing is skipped. */
  readonly activity?: Activity;
  /** Spiking cores: spikes per neuron and step where no activity says it. Assumed. */
  readonly spikeRate?: number;
  /** Spiking cores: time steps of an inference, where the machine does not say. */
  readonly timeSteps?: number;
}

export interface MappingContext {
  readonly machine: Machine;
  readonly placement: Placement;
  readonly options: MappingOptions;
  /** Values that enter the model from outside: numbers, never spikes. */
  readonly analogue: ReadonlySet<string>;
  widthsOf(node: NodeCost): NodeWidths;
}

export interface Region {
  readonly head: NodeCost;
  /** Element-wise nodes applied to the head's output before it is written, in order; on a fabric of tables wiring, too. */
  readonly tail: readonly NodeCost[];
  /** On a fabric of tables: what of the model is logic, and which values are on wires. */
  readonly wires?: Wires;
}

export interface Mapping {
  readonly id: string;
  /** One sentence for listings. */
  readonly title: string;
  /** Are nodes without weights priced, or only listed? */
  readonly prices: "layers" | "everything";
  /** What is done in one go, where that is more than a product with the element-wise nodes behind it. */
  regions?(nodes: readonly NodeCost[], outputs: ReadonlySet<string>): Region[];
  /** @throws FemtoError `machine.price`, `energy.*` */
  plan(region: Region, context: MappingContext): Schedule;
}

export const mapping = (definition: Mapping): Mapping => definition;
