/**
 * @file A stimulus as words of bits: each step of a kernel takes one word per moving input net, bit j for lane j, and a mask of
 * the lanes that count.
 */

import { dataInputs, type Net, type Netlist } from "../netlist/netlist.ts";
import { LANES, type Layout, WORD_BYTES } from "./kernel/layout.ts";
import { PlaneKernel } from "./kernel/planes.ts";
import { bitOf, type PortValues, type Stimulus, type Vectors } from "./stimulus.ts";

/** Steps that follow one another from rest: the first is settled on, the others are counted. */
export interface Batch {
  readonly steps: number;
  readonly words: Int32Array;
}

/** Lane j sees vector `first + j·perLane + s` at step s of a piece; there are `available` vectors. */
interface Piece {
  readonly vectors: Vectors;
  readonly steps: number;
  readonly first: number;
  readonly perLane: number;
  readonly available: number;
}

/** Steps of a single stream that are laid out at a time: what is made stays in the cache until it is read. */
const MOST_STEPS = 256;

/** How a stimulus is spread over batches; the pieces of a batch follow one another. */
function spread(netlist: Netlist, stimulus: Stimulus): Piece[][] {
  const { count } = stimulus;
  if (stimulus.kind === "pairs") {
    return blocks(count).map((first) =>
      [stimulus.before, stimulus.after].map((vectors) => ({ vectors, steps: 1, first, perLane: 1, available: count })),
    );
  }
  const { vectors, streams } = stimulus;
  if (streams !== undefined || netlist.flipFlops.length > 0) {
    const available = (streams ?? 1) * count;
    return blocks(streams ?? 1).map((block) => [
      { vectors, steps: count, first: block * count, perLane: count, available },
    ]);
  }
  // One stream without state is cut into pieces, one per lane and batch; each starts with the vector at which the one before ends.
  const batches: Piece[][] = [];
  for (let first = 0; first < count - 1; ) {
    const perLane = Math.min(MOST_STEPS, Math.ceil((count - 1 - first) / LANES));
    batches.push([{ vectors, steps: perLane + 1, first, perLane, available: count }]);
    first += perLane * LANES;
  }
  return batches;
}

const blocks = (lanes: number): number[] => Array.from({ length: Math.ceil(lanes / LANES) }, (_, i) => i * LANES);

let planes: PlaneKernel | undefined;

/**
 * The batches of a stimulus for a kernel with this layout, one after the other. The words of a batch are overwritten by the next: copy them
 * to keep them.
 */
export function* pack(netlist: Netlist, layout: Layout, stimulus: Stimulus): Generator<Batch> {
  planes ??= new PlaneKernel();
  const kernel = planes;
  const slots = new Map<Net, number>(layout.stepInputs.map((net, slot) => [net, slot]));
  const ports = dataInputs(netlist).flatMap(({ name, nets }) =>
    nets.some((net) => slots.has(net)) ? [{ name, width: nets.length, slot: slots.get(nets[0]!)! }] : [],
  );
  for (const pieces of spread(netlist, stimulus)) {
    const steps = pieces.reduce((sum, piece) => sum + piece.steps, 0);
    const wordBytes = steps * layout.stepBytes;
    let step = 0;
    for (const piece of pieces) {
      for (const port of ports) {
        const values = piece.vectors[port.name]!;
        const words = step * layout.stepBytes + port.slot * WORD_BYTES;
        for (let half = 0; 32 * half < port.width; half++) {
          const width = Math.min(32, port.width - 32 * half);
          const place = { words: words + 32 * half * WORD_BYTES, stepBytes: layout.stepBytes, width, half };
          if (typeof values === "number") fillPlanes(kernel, values, piece, place, wordBytes);
          else makePlanes(kernel, values, piece, place, wordBytes);
        }
      }
      step += piece.steps;
    }
    const words = new Int32Array(kernel.memory(wordBytes), 0, wordBytes / 4);
    setMasks(words, layout, pieces);
    yield { steps, words };
  }
}

interface Place {
  readonly words: number;
  readonly stepBytes: number;
  readonly width: number;
  readonly half: number;
}

/** A port that carries one value all the time. */
function fillPlanes(kernel: PlaneKernel, value: number, { steps }: Piece, place: Place, wordBytes: number): void {
  const memory = new Int32Array(kernel.memory(wordBytes), 0, wordBytes / 4);
  for (let step = 0; step < steps; step++) {
    for (let bit = 0; bit < place.width; bit++) {
      const at = (place.words + step * place.stepBytes + bit * WORD_BYTES) / 4;
      memory.fill(-bitOf(value, 32 * place.half + bit), at, at + WORD_BYTES / 4);
    }
  }
}

function makePlanes(
  kernel: PlaneKernel,
  values: Exclude<PortValues, number>,
  { steps, first, perLane, available }: Piece,
  place: Place,
  wordBytes: number,
): void {
  const count = (LANES - 1) * perLane + steps;
  const staging = new Int32Array(kernel.memory(wordBytes + 4 * count), wordBytes, count);
  const last = Math.min(available, first + count);
  stage(staging, values, first, last, place.half);
  staging.fill(0, last - first);
  kernel.run({
    values: wordBytes,
    laneStride: 4 * perLane,
    stepStride: 4,
    steps,
    words: place.words,
    stepBytes: place.stepBytes,
    valueBytes: Math.ceil(place.width / 8),
  });
}

/** Copies values from `first` to below `last` as 32-bit integers: their lower half, or their upper one. */
function stage(staging: Int32Array, values: Exclude<PortValues, number>, first: number, last: number, half: number) {
  if (ArrayBuffer.isView(values) && half === 0 && !(values instanceof BigInt64Array)) {
    staging.set((values as Int32Array).subarray(first, last));
    return;
  }
  for (let index = first; index < last; index++) {
    const value = values[index]!;
    staging[index - first] =
      typeof value === "bigint"
        ? Number(BigInt.asIntN(32, value >> BigInt(32 * half)))
        : half === 0
          ? value
          : Math.floor(value / 2 ** 32);
  }
}

/** Says which lanes count in each step; the others keep what they carried, so that nothing changes in them. */
function setMasks(words: Int32Array, { stepBytes, maskOffset }: Layout, pieces: readonly Piece[]): void {
  const stepWords = stepBytes / 4;
  const parts = WORD_BYTES / 4;
  let base = 0;
  for (const { steps, first, perLane, available } of pieces) {
    for (let step = 0; step < steps; step++, base += stepWords) {
      const mask = base + maskOffset / 4;
      const lanes = Math.max(0, Math.min(LANES, Math.ceil((available - first - step) / perLane)));
      for (let part = 0; part < parts; part++) {
        const within = Math.max(0, Math.min(32, lanes - 32 * part));
        words[mask + part] = within === 32 ? -1 : 2 ** within - 1;
      }
      if (lanes === LANES) continue;
      for (let at = base; at < mask; at++) {
        const counts = words[mask + (at % parts)]!;
        words[at] = (words[at]! & counts) | ((base === 0 ? 0 : words[at - stepWords]!) & ~counts);
      }
    }
  }
}
