/**
 * @file The `bits` engine: a lookup-table network compiled to WebAssembly, on one thread. Runs in Node and in browsers.
 */

import { fail } from "../../base/errors.ts";
import { type CompiledModule, compile, type HostMemory, instantiate, PAGE_BYTES } from "../wasm/index.ts";
import { sampleBytes, WINDOW_SLACK } from "./encoder-plan.ts";
import { LANES, VECTOR_BYTES } from "./layout.ts";
import type { InputFormat, LutNetwork } from "./network.ts";
import { validated } from "./validate.ts";
import { type CompileOptions, compileNetwork, DEFAULT_VECTORS, toWasm, type WasmNetwork } from "./wasm-module.ts";

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
  encode(samples: number, size: number): void;
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
  /** Address of the samples of one block, and of the bytes that come out. */
  readonly #samples: number;
  readonly #results: number;
  readonly #block: number;

  private constructor(code: BitsCode, functions: Functions) {
    this.#code = code;
    this.#functions = functions;
    this.#block = code.layout.vectors * LANES;
    this.#samples = code.layout.end;
    this.#results = this.#samples + Math.ceil((this.#block * sampleBytes(code.input) + WINDOW_SLACK) / 16) * 16;
    const end = this.#results + this.#block;
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
        ? new Uint8Array(memory.buffer, this.#samples, this.#block * features)
        : new Float32Array(memory.buffer, this.#samples, this.#block * features);
    for (let first = 0; first < count; first += this.#block) {
      const inBlock = Math.min(this.#block, count - first);
      const size = Math.ceil(inBlock / LANES) * VECTOR_BYTES;
      room.set(samples.subarray(first * features, (first + inBlock) * features));
      encode(this.#samples, size);
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
