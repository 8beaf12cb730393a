/**
 * @file LutNetlist: the network without layers: tables that read thermometer bits or other tables in any mix, each with as
 * many inputs as it needs. The form in which logic is simplified, compiled and turned into circuits.
 */

import { byteThreshold, groupSize, type InputFormat, type LutNetwork, tableCount, wordsPerTable } from "./network.ts";

/** Signal 0 is the constant 0; then the thermometer bits, then the tables. */
export type Signal = number;

/** A signal and whether it is inverted: 2·signal + inverted; 0 and 1 are the constants. */
export type SignalLiteral = number;

export interface ThermometerBit {
  readonly feature: number;
  /**
   * The bit is 1 where the raw feature is greater. Bytes: an integer from 0 to 254. float32: the greatest float32 that is
   * not above the network's threshold, which separates the same float32 numbers.
   */
  readonly threshold: number;
}

export interface LutNode {
  readonly inputs: readonly Signal[];
  /** Packed; input 0 counts least. */
  readonly table: Uint32Array;
}

export interface LutNetlist {
  readonly input: InputFormat;
  /** Signals 1 … bits.length. */
  readonly bits: readonly ThermometerBit[];
  /** The signals after the bits; a table reads signals before itself only. */
  readonly luts: readonly LutNode[];
  /** What each class counts. */
  readonly groups: readonly (readonly SignalLiteral[])[];
}

export const signalOf = (literal: SignalLiteral): Signal => literal >>> 1;

/** The netlist that is the network as it stands: nothing folded, shared or left out. */
export function toNetlist(network: LutNetwork): LutNetlist {
  const { input, encoder, layers, classes } = network;
  const bits = Array.from(encoder.feature, (feature, b) => ({
    feature,
    threshold:
      input.dtype === "uint8" ? byteThreshold(input, encoder.threshold[b]!) : floorToFloat32(encoder.threshold[b]!),
  }));
  const luts: LutNode[] = [];
  let first = 1;
  let end = 1 + bits.length;
  for (const layer of layers) {
    const { n, mapping, tables } = layer;
    const words = wordsPerTable(n);
    for (let j = 0; j < tableCount(layer); j++) {
      luts.push({
        inputs: Array.from(mapping.subarray(j * n, (j + 1) * n), (bit) => first + bit),
        table: tables.slice(j * words, (j + 1) * words),
      });
    }
    first = end;
    end += tableCount(layer);
  }
  const size = groupSize(network);
  const groups = Array.from({ length: classes }, (_, k) =>
    Array.from({ length: size }, (_, i) => first + k * size + i)
      .filter((signal) => signal < end)
      .map((signal) => 2 * signal),
  );
  return { input, bits, luts, groups };
}

/** The greatest float32 that is not above a number. */
export function floorToFloat32(value: number): number {
  const rounded = Math.fround(value);
  if (!(rounded > value)) return rounded;
  const [floats, ints] = [new Float32Array(1), new Int32Array(1)];
  floats[0] = rounded;
  const bits = new Int32Array(floats.buffer);
  ints[0] = bits[0]! + (rounded > 0 ? -1 : 1);
  return new Float32Array(ints.buffer)[0]!;
}
