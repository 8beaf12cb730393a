/**
 * @file Values as bit planes, in WebAssembly: bit b of the values of 128 lanes becomes one word. Sixteen values at a time are narrowed to
 * bytes, whose highest bits one instruction gathers.
 */

import { type HostMemory, instantiateNow, type Local, Module, PAGE_BYTES } from "../../../engine/wasm/index.ts";
import { LANES, WORD_BYTES } from "./layout.ts";

const GROUP = 16;

interface PlanesModule {
  memory: HostMemory;
  /** See {@link PlaneKernel.run}; all in bytes but the counts. */
  planes: (
    values: number,
    laneStride: number,
    stepStride: number,
    steps: number,
    words: number,
    stepBytes: number,
    valueBytes: number,
  ) => void;
}

type Locals<Count extends number, Row extends Local[] = []> = Row["length"] extends Count
  ? Row
  : Locals<Count, [...Row, Local]>;

/** `planes` runs over steps, groups of 16 lanes, and bytes of the values. */
function writeModule(): Module {
  const module = new Module();
  module.memory({ initial: 1 }, { exportedAs: "memory" });
  const parameters = Array.from({ length: 7 }, () => "i32" as const);
  module.define({ parameters, results: [], exportedAs: "planes" }, (body, ...given) => {
    const [values, laneStride, stepStride, steps, words, stepBytes, valueBytes] = given as Locals<7>;
    const [step, group, byte, at, to, from] = Array.from({ length: 6 }, () => body.local("i32")) as Locals<6>;
    const [first, second, bytes] = Array.from({ length: 3 }, () => body.local("v128")) as Locals<3>;
    const quads = Array.from({ length: 4 }, () => body.local("v128"));
    const lowByte = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 === 0 ? 255 : 0));
    const reset = (local: Local) => body.i32(0).set(local);
    reset(step);
    body.count(step, steps, 1, () => {
      body.get(values).get(step).get(stepStride).op("i32.mul").op("i32.add").set(from);
      reset(group);
      body.count(group, { constant: LANES / GROUP }, 1, () => {
        for (const quad of quads) {
          for (let lane = 0; lane < 4; lane++) {
            body.get(from).get(quad).memoryLane("v128.load32_lane", lane).set(quad);
            body.get(from).get(laneStride).op("i32.add").set(from);
          }
        }
        // Word of bit 0 of this step, at the two bytes of this group.
        body.get(words).get(step).get(stepBytes).op("i32.mul").op("i32.add");
        body.get(group).i32(1).op("i32.shl").op("i32.add").set(to);
        reset(byte);
        body.count(byte, valueBytes, 1, () => {
          for (const quad of quads) body.get(quad).v128(lowByte).op("v128.and");
          // Stack: quads 0 to 3; narrowing takes them in pairs from the top.
          body.op("i16x8.narrow_i32x4_u").set(second);
          body.op("i16x8.narrow_i32x4_u").set(first);
          body.get(first).get(second).op("i8x16.narrow_i16x8_u").set(bytes);
          body.get(to).set(at);
          for (let bit = 7; bit >= 0; bit--) {
            body
              .get(at)
              .get(bytes)
              .op("i8x16.bitmask")
              .memory("i32.store16", bit * WORD_BYTES);
            if (bit > 0) body.get(bytes).get(bytes).op("i8x16.add").set(bytes);
          }
          body
            .get(to)
            .i32(8 * WORD_BYTES)
            .op("i32.add")
            .set(to);
          for (const quad of quads) body.get(quad).i32(8).op("i32x4.shr_u").set(quad);
        });
      });
    });
  });
  return module;
}

export class PlaneKernel {
  readonly #module = instantiateNow(writeModule().encode()) as unknown as PlanesModule;

  /** Memory of at least this many bytes; views taken before are no longer valid. */
  memory(bytes: number): ArrayBuffer | SharedArrayBuffer {
    const missing = bytes - this.#module.memory.buffer.byteLength;
    if (missing > 0) this.#module.memory.grow(Math.ceil(missing / PAGE_BYTES));
    return this.#module.memory.buffer;
  }

  /**
   * For each step and each of 128 lanes, the 32-bit value at `values + step·stepStride + lane·laneStride` is spread over the words at
   * `words + step·stepBytes`: bit b into the b-th, in multiples of 8 bits up to 8·valueBytes. Addresses and strides in bytes.
   */
  run(place: {
    values: number;
    laneStride: number;
    stepStride: number;
    steps: number;
    words: number;
    stepBytes: number;
    valueBytes: number;
  }): void {
    const { values, laneStride, stepStride, steps, words, stepBytes, valueBytes } = place;
    this.#module.planes(values, laneStride, stepStride, steps, words, stepBytes, valueBytes);
  }
}
