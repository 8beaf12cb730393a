/**
 * @file The `bits` engine: a lookup-table network compiled to WebAssembly, on one thread. Runs in Node and in browsers.
 */

import { fail } from "../../base/errors.ts";
import { type CompiledModule, compile, type HostMemory, instantiate, PAGE_BYTES } from "../wasm/index.ts";
import { type CompileOptions, compileNetwork } from "./compile.ts";
import { LANES, roomOf, VECTOR_BYTES } from "./layout.ts";
import type { InputFormat, LutNetwork } from "./network.ts";
import { validated } from "./validate.ts";
import { DEFAULT_VECTORS, toWasm, type WasmNetwork } from "./wasm-module.ts";

export type Samples = Uint8Array | Float32Array;

/** A compiled network as plain data and a module: what crosses to another thread. */
export interface BitsCode {
  readonly input: InputFormat;
  readonly classes: number;
  readonly module: CompiledModule;
  readonly layout: WasmNetwork["layout"];
  readonly rows: WasmNetwork["rows"];
}

interface Functions {
  readonly memory: HostMemory;
  encode(samples: number, vector: number): void;
  look_up(size: number): void;
  decode(row: number, rowEnd: number, bytes: number, size: number): void;
}

export interface BitsOptions extends CompileOptions {
  /** Vectors of 128 samples that are computed together. */
  readonly vectors?: number;
}

/** @throws FemtoError `bits.*` if the network is unsound */
export async function compileBits(network: LutNetwork, options: BitsOptions = {}): Promise<BitsCode> {
  const { bytes, layout, rows } = toWasm(
    compileNetwork(validated(network), options),
    options.vectors ?? DEFAULT_VECTORS,
  );
  return { input: network.input, classes: network.classes, module: await compile(bytes), layout, rows };
}

export class BitsEngine {
  readonly #code: BitsCode;
  readonly #functions: Functions;
  /** Address of 128 samples, and of the bytes that come out of a block. */
  readonly #samples: number;
  readonly #results: number;
  readonly #block: number;

  private constructor(code: BitsCode, functions: Functions) {
    this.#code = code;
    this.#functions = functions;
    const { block, samples, results, end } = roomOf(code.layout, code.input);
    this.#block = block;
    this.#samples = samples;
    this.#results = results;
    const missing = Math.ceil((end - functions.memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) functions.memory.grow(missing);
  }

  static async open(network: LutNetwork, options: BitsOptions = {}): Promise<BitsEngine> {
    return BitsEngine.from(await compileBits(network, options));
  }

  static async from(code: BitsCode): Promise<BitsEngine> {
    return new BitsEngine(code, (await instantiate(code.module)) as unknown as Functions);
  }

  /** The class of every sample; samples lie one after the other. `classes`, if given, takes the answer. */
  classify(samples: Samples, classes: Uint8Array = new Uint8Array(countOf(samples, this.#code.input))): Uint8Array {
    this.#run(samples, countOf(samples, this.#code.input), (first, inBlock, size) => {
      classes.set(this.#decode(0, 0, 8, inBlock, size), first);
    });
    return classes;
  }

  /** The number of ones of every class, [samples, classes]. */
  sums(samples: Samples): Uint16Array<ArrayBuffer> {
    const { classes, input } = this.#code;
    const count = countOf(samples, input);
    const sums = new Uint16Array(count * classes);
    this.#run(samples, count, (first, inBlock, size) => {
      for (let k = 0; k < classes; k++) {
        for (const shift of [0, 8]) {
          const bytes = this.#decode(k + 1, shift, shift + 8, inBlock, size);
          for (let i = 0; i < inBlock; i++) sums[(first + i) * classes + k]! |= bytes[i]! << shift;
        }
      }
    });
    return sums;
  }

  #run(samples: Samples, count: number, take: (first: number, inBlock: number, size: number) => void): void {
    const { memory, encode, look_up } = this.#functions;
    const { features } = this.#code.input;
    const room =
      samples instanceof Uint8Array
        ? new Uint8Array(memory.buffer, this.#samples, LANES * features)
        : new Float32Array(memory.buffer, this.#samples, LANES * features);
    for (let first = 0; first < count; first += this.#block) {
      const inBlock = Math.min(this.#block, count - first);
      const size = Math.ceil(inBlock / LANES) * VECTOR_BYTES;
      // A few samples at a time: read in order they come at the speed of the memory, and the copy stays in the cache.
      for (let vector = 0; vector < size; vector += VECTOR_BYTES) {
        const start = first + (vector / VECTOR_BYTES) * LANES;
        room.set(samples.subarray(start * features, Math.min(start + LANES, count) * features));
        encode(this.#samples, vector);
      }
      look_up(size);
      take(first, inBlock, size);
    }
  }

  /** Bits `from` to `to` of a row, one byte a sample. */
  #decode(row: number, from: number, to: number, inBlock: number, size: number): Uint8Array {
    const { start, end } = this.#code.rows[row]!;
    this.#functions.decode(Math.min(start + 4 * from, end), Math.min(start + 4 * to, end), this.#results, size);
    return new Uint8Array(this.#functions.memory.buffer, this.#results, inBlock);
  }
}

/** @throws FemtoError `bits.samples` */
export function countOf(samples: Samples, input: InputFormat): number {
  const isRight = input.dtype === "uint8" ? samples instanceof Uint8Array : samples instanceof Float32Array;
  const count = samples.length / input.features;
  if (isRight && Number.isInteger(count)) return count;
  return fail({
    code: "bits.samples",
    message: "the samples do not have the form of the network's input",
    expected: `${input.dtype}, a multiple of ${input.features} features`,
    got: `${samples.constructor.name} of ${samples.length}`,
  });
}
