/**
 * @file How raw samples become thermometer planes: in windows of 16 bytes of every sample, which are turned so that 16
 * samples of one feature lie side by side and are compared with a threshold in one instruction.
 */

import { bytesPerFeature, LANES, type Layout, planeAddress, WINDOW_BYTES } from "./layout.ts";
import type { ThermometerBit } from "./netlist.ts";
import type { InputFormat } from "./network.ts";

export interface Window {
  /** Byte of the sample where the window starts. */
  readonly offset: number;
  /** Indices of the bits that look into the window, as the netlist numbers them. */
  readonly bits: readonly number[];
}

/** Windows that cover all features in use, each from the first one that is not covered yet. */
export function windowsOf(input: InputFormat, bits: readonly ThermometerBit[]): Window[] {
  const size = bytesPerFeature(input);
  const order = bits.map((_, index) => index).sort((a, b) => bits[a]!.feature - bits[b]!.feature);
  const windows: { offset: number; bits: number[] }[] = [];
  for (const index of order) {
    const byte = bits[index]!.feature * size;
    const last = windows.at(-1);
    if (last !== undefined && byte < last.offset + WINDOW_BYTES) last.bits.push(index);
    else windows.push({ offset: byte, bits: [index] });
  }
  return windows;
}

/** Bytes of an entry of the list: plane address, place in the scratch memory, threshold. */
export const ENTRY_BYTES = 12;

/** Windows and their bits as the generated code reads them: offset and end of entries; then entries. */
export const HEAD_BYTES = 8;

export const planBytes = (windows: readonly Window[]): number =>
  windows.reduce((sum, { bits }) => sum + HEAD_BYTES + ENTRY_BYTES * bits.length, 0);

/**
 * The list in memory. Bytes: x > t is the top bit of the rounded mean of x and 254 − t, so 254 − t is what is stored.
 * float32: the threshold.
 */
export function planData(
  windows: readonly Window[],
  bits: readonly ThermometerBit[],
  input: InputFormat,
  layout: Layout,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(planBytes(windows)));
  let at = 0;
  for (const window of windows) {
    view.setUint32(at, window.offset, true);
    view.setUint32(at + 4, layout.entries + at + HEAD_BYTES + ENTRY_BYTES * window.bits.length, true);
    at += HEAD_BYTES;
    for (const index of window.bits) {
      const { feature, threshold } = bits[index]!;
      const row = (feature * bytesPerFeature(input) - window.offset) * LANES;
      view.setUint32(at, planeAddress(layout, index), true);
      view.setUint32(at + 4, layout.scratch + row, true);
      if (input.dtype === "uint8") view.setUint32(at + 8, 254 - threshold, true);
      else view.setFloat32(at + 8, threshold, true);
      at += ENTRY_BYTES;
    }
  }
  return new Uint8Array(view.buffer);
}
