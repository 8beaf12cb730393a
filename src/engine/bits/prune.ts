/**
 * @file Fewer outputs for each class: those go that labelled samples miss least, one a class in every round. What a smaller
 * circuit costs in accuracy without training again; its tables, the counters behind them, and tables that only they read.
 */

import { fail } from "../../base/errors.ts";
import type { Samples } from "./engine.ts";
import { groupSize, type LutLayer, type LutNetwork, tableCount, valueOfByte, wordsPerTable } from "./network.ts";
import { validated } from "./validate.ts";

/**
 * The network with `kept` outputs of each class. Logits are counts/τ; what dropping bit b of class k does to the
 * cross-entropy is Σ b·(y − p)/τ + b·p(1 − p)/(2τ²) to the second order, p and y of class k. Counts shrink with what goes.
 * @param tau what the counts were divided by in training; a thirtieth of a group, at least 10/3, unless given
 * @throws FemtoError `bits.prune`
 */
export function withFewerOutputs(
  network: LutNetwork,
  samples: Samples,
  labels: ArrayLike<number | bigint>,
  kept: number,
  tau = Math.max(groupSize(network) / 30, 10 / 3),
): LutNetwork {
  const { classes } = network;
  const size = groupSize(network);
  const last = network.layers.at(-1);
  if (last === undefined || (network.padding ?? 0) > 0 || !Number.isInteger(kept) || kept < 1 || kept > size) {
    fail({
      code: "bits.prune",
      where: "lookup-table network",
      message: "cannot keep so many outputs of a class",
      expected: `1 to ${size}, of a network with tables and without padding`,
      got: String(kept),
    });
  }
  const count = labels.length;
  const outputs = outputBits(network, samples, count);
  const width = classes * size;
  const stays = new Uint8Array(width).fill(1);
  const counts = new Float64Array(count * classes);
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < width; b++) counts[i * classes + Math.floor(b / size)]! += outputs[i * width + b]!;
  }
  for (let left = size; left > kept; left--) {
    const harm = harmOf(outputs, counts, labels, { classes, size, tau });
    for (let k = 0; k < classes; k++) {
      let worst = -1;
      for (let b = k * size; b < (k + 1) * size; b++) {
        if (stays[b] === 1 && (worst < 0 || harm[b]! < harm[worst]!)) worst = b;
      }
      stays[worst] = 0;
      for (let i = 0; i < count; i++) counts[i * classes + k]! -= outputs[i * width + worst]!;
    }
  }
  return validated({ ...network, layers: [...network.layers.slice(0, -1), onlyTables(last, stays)] });
}

interface Groups {
  readonly classes: number;
  readonly size: number;
  readonly tau: number;
}

/** What the loss of all samples would gain from each bit's absence. */
function harmOf(
  outputs: Uint8Array,
  counts: Float64Array,
  labels: ArrayLike<number | bigint>,
  { classes, size, tau }: Groups,
): Float64Array {
  const width = classes * size;
  const harm = new Float64Array(width);
  const shares = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const own = counts.subarray(i * classes, (i + 1) * classes);
    const most = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += shares[k] = Math.exp((own[k]! - most) / tau);
    for (let k = 0; k < classes; k++) {
      const p = shares[k]! / sum;
      const isRight = Number(labels[i]) === k ? 1 : 0;
      const each = (isRight - p) / tau + (p * (1 - p)) / (2 * tau * tau);
      const start = k * size;
      for (let b = start; b < start + size; b++) if (outputs[i * width + b] === 1) harm[b]! += each;
    }
  }
  return harm;
}

/** Outputs of the last layer, [samples, outputs]. */
function outputBits({ input, encoder, layers }: LutNetwork, samples: Samples, count: number): Uint8Array {
  const { features } = input;
  const values = [encoder.feature.length, ...layers.map(tableCount)].map((size) => new Uint8Array(size));
  const byteValues = Float32Array.from({ length: 256 }, (_, raw) =>
    input.dtype === "uint8" ? valueOfByte(input, raw) : 0,
  );
  const width = values.at(-1)!.length;
  const out = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    const code = values[0]!;
    for (let b = 0; b < code.length; b++) {
      const raw = samples[i * features + encoder.feature[b]!]!;
      code[b] = (input.dtype === "uint8" ? byteValues[raw]! : raw) > encoder.threshold[b]! ? 1 : 0;
    }
    layers.forEach((layer, l) => {
      lookUp(layer, values[l]!, values[l + 1]!);
    });
    out.set(values.at(-1)!, i * width);
  }
  return out;
}

function lookUp({ n, mapping, tables }: LutLayer, from: Uint8Array, to: Uint8Array): void {
  const words = wordsPerTable(n);
  for (let j = 0, slot = 0; j < to.length; j++) {
    let address = 0;
    for (let k = 0; k < n; k++, slot++) address |= from[mapping[slot]!]! << k;
    to[j] = (tables[j * words + (address >>> 5)]! >>> (address & 31)) & 1;
  }
}

function onlyTables({ n, mapping, tables }: LutLayer, stays: Uint8Array): LutLayer {
  const words = wordsPerTable(n);
  const kept = Array.from(stays.keys()).filter((j) => stays[j] === 1);
  return {
    n,
    mapping: Uint32Array.from(kept.flatMap((j) => [...mapping.subarray(j * n, (j + 1) * n)])),
    tables: Uint32Array.from(kept.flatMap((j) => [...tables.subarray(j * words, (j + 1) * words)])),
  };
}
