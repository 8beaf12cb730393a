/**
 * @file A stimulus as words of bits: each step of a kernel takes one word per moving input net, bit j for lane j, and a mask of
 * the lanes that count.
 */

import { dataInputs, type Net, type Netlist } from "../netlist/netlist.ts";
import { bitPlanes } from "./bit-planes.ts";
import { LANES, type Layout, WORD_BYTES } from "./kernel/layout.ts";
import type { Stimulus } from "./stimulus.ts";

/** Parts of 32 lanes of a word. */
const PARTS = WORD_BYTES / 4;

/** Steps that follow one another from rest: the first is settled on, the others are counted. */
export interface Batch {
  readonly steps: number;
  readonly words: Int32Array;
}

/** How a part of a stimulus is spread over lanes and steps: the vector that a lane sees, −1 where it sees none. */
interface Schedule {
  readonly steps: number;
  readonly vector: (step: number, lane: number) => number;
}

function schedules(netlist: Netlist, stimulus: Stimulus): Schedule[] {
  const { count } = stimulus;
  const blocks = (lanes: number) => Array.from({ length: Math.ceil(lanes / LANES) }, (_, block) => block * LANES);
  const within = (index: number, bound: number) => (index < bound ? index : -1);
  if (stimulus.kind === "pairs") {
    return blocks(count).map((first) => ({ steps: 2, vector: (_, lane) => within(first + lane, count) }));
  }
  const { streams = 1 } = stimulus;
  if (streams > 1 || netlist.flipFlops.length > 0) {
    return blocks(streams).map((first) => ({
      steps: count,
      vector: (step, lane) => (first + lane < streams ? (first + lane) * count + step : -1),
    }));
  }
  // One stream without state is cut into a piece per lane; a piece starts with the vector at which the one before ends.
  const perLane = Math.ceil((count - 1) / LANES);
  return [{ steps: perLane + 1, vector: (step, lane) => within(lane * perLane + step, count) }];
}

/** The batches of a stimulus for a kernel with this layout. */
export function pack(netlist: Netlist, layout: Layout, stimulus: Stimulus): Batch[] {
  const slots = new Map<Net, number>(layout.stepInputs.map((net, slot) => [net, slot]));
  const ports = dataInputs(netlist).flatMap(({ name, nets }) =>
    nets.some((net) => slots.has(net)) ? [{ name, slots: nets.map((net) => slots.get(net)!) }] : [],
  );
  const stepWords = layout.stepBytes / 4;
  const maskSlot = layout.stepInputs.length;
  const vectors = new Int32Array(LANES);
  const planes = new Int32Array(64);
  return schedules(netlist, stimulus).map(({ steps, vector }) => {
    const words = new Int32Array(steps * stepWords);
    for (let step = 0; step < steps; step++) {
      const values = stimulus.kind === "stream" ? stimulus.vectors : step === 0 ? stimulus.before : stimulus.after;
      const base = step * stepWords;
      for (let lane = 0; lane < LANES; lane++) {
        const index = vector(step, lane);
        vectors[lane] = Math.max(index, 0);
        if (index >= 0) words[base + maskSlot * PARTS + (lane >> 5)]! |= 1 << (lane & 31);
      }
      for (let part = 0; part < PARTS; part++) {
        const mask = words[base + maskSlot * PARTS + part]!;
        for (const { name, slots: ofPort } of ports) {
          bitPlanes(values[name]!, vectors, 32 * part, ofPort.length, planes);
          ofPort.forEach((slot, bit) => {
            const place = base + slot * PARTS + part;
            // Lanes that see no vector keep what they had, so that nothing changes in them.
            const kept = step === 0 ? 0 : words[place - stepWords]!;
            words[place] = (planes[bit]! & mask) | (kept & ~mask);
          });
        }
      }
    }
    return { steps, words };
  });
}
