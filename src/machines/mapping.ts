/** @file MachineMapping: how a machine runs a layer, as far as the hardware decides it. The energy room holds the models. */

import type { NestMapping } from "./nest.ts";

/** Every operand read once from its home: the equations of EQAT. What a file without `mapping` gets. */
export interface OnceMapping {
  readonly kind: "once";
}

export const dataflows = ["weight-stationary", "output-stationary", "input-stationary"] as const;
export type Dataflow = (typeof dataflows)[number];

export interface SystolicMapping {
  readonly kind: "systolic";
  readonly rows: number;
  readonly cols: number;
  readonly dataflow: Dataflow;
  /** Half of each buffer is filled while the other half is read. */
  readonly doubleBuffer: boolean;
  /** Width of the hardware's accumulators; without it b_w + b_a + ⌈log2 K⌉. */
  readonly accumulatorBits: number | undefined;
}

/** Eyeriss: rows of the filter stay in the elements. */
export interface RowStationaryMapping {
  readonly kind: "row-stationary";
  readonly rows: number;
  readonly cols: number;
  readonly accumulatorBits: number | undefined;
}

/** A microcontroller or SIMD unit. The verb `issue`, where priced, is paid once per instruction. */
export interface VectorMapping {
  readonly kind: "vector";
  readonly lanes: number;
  /** Cycles of one multiply-accumulate of one lane by operand bits: `{ 8: 1, 16: 1 }`. Empty: one cycle. */
  readonly cyclesPerMac: Readonly<Record<number, number>>;
  readonly accumulatorBits: number | undefined;
}

export interface SpikingMapping {
  readonly kind: "spiking";
  readonly cores: number | undefined;
  readonly timeSteps: number | undefined;
  /** Mean hops of one event over the network. */
  readonly hops: number;
  readonly membraneBits: number | undefined;
  readonly neuronsPerCore: number | undefined;
}

export interface LookupFabricMapping {
  readonly kind: "lookup-fabric";
  /** Inputs of one table. */
  readonly inputs: number;
  /** Tables of the device. */
  readonly tables: number | undefined;
}

export interface CrossbarMapping {
  readonly kind: "crossbar";
  readonly rows: number;
  readonly cols: number;
  readonly cellBits: number;
  readonly dacBits: number;
  readonly adcBits: number;
  readonly columnsPerAdc: number | undefined;
}

export type MachineMapping =
  | OnceMapping
  | SystolicMapping
  | RowStationaryMapping
  | VectorMapping
  | SpikingMapping
  | LookupFabricMapping
  | CrossbarMapping
  | NestMapping;
