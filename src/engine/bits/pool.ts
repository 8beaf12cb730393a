/**
 * @file The `bits` engine on all cores: one thread each, with the same compiled module. Samples and classes lie in shared
 * memory; threads take the next stretch of samples when they are free, so that a slow core does not hold up the rest.
 */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { FemtoError } from "../../base/errors.ts";
import { type BitsCode, type BitsOptions, compileBits, countOf, type Samples } from "./engine.ts";
import type { InputFormat, LutNetwork } from "./network.ts";

/** What a thread is asked to do. */
export interface PoolRequest {
  readonly samples: Samples;
  readonly classes: Uint8Array;
  /** One number that all threads count up: the next stretch. */
  readonly next: Int32Array;
  /** Samples of a stretch. */
  readonly stretch: number;
}

const STRETCH = 4096;

export class BitsPool {
  readonly #input: InputFormat;
  readonly #workers: readonly Worker[];
  #waiting: { resolve(): void; reject(error: Error): void }[] = [];
  #end: FemtoError | undefined;
  /** The run before this one: runs follow one another. */
  #before: Promise<unknown> = Promise.resolve();

  private constructor(code: BitsCode, threads: number) {
    this.#input = code.input;
    // Worker entry points must be JavaScript: run from source (tests), the built file is used.
    const isSource = import.meta.url.endsWith(".ts");
    const entry = new URL(isSource ? "../../../dist/engine/bits/pool-worker.js" : "./pool-worker.js", import.meta.url);
    this.#workers = Array.from({ length: threads }, (_, index) => {
      const worker = new Worker(entry, { workerData: code });
      worker.on("message", () => this.#waiting[index]?.resolve());
      worker.on("error", (error) => this.#abandon(`a thread of the bits engine died: ${error.message}`));
      worker.on("exit", () => this.#abandon("the bits engine has been closed"));
      worker.unref();
      return worker;
    });
  }

  get threads(): number {
    return this.#workers.length;
  }

  /** @throws FemtoError `bits.*` if the network is unsound */
  static async open(network: LutNetwork, options: BitsOptions & { readonly threads?: number } = {}): Promise<BitsPool> {
    return new BitsPool(await compileBits(network, options), options.threads ?? availableParallelism());
  }

  /** Shared memory for samples: what lies there is not copied again. */
  allocate(count: number): Samples {
    const length = count * this.#input.features;
    return this.#input.dtype === "uint8"
      ? new Uint8Array(new SharedArrayBuffer(length))
      : new Float32Array(new SharedArrayBuffer(4 * length));
  }

  /** The class of every sample; samples lie one after the other. */
  classify(samples: Samples): Promise<Uint8Array> {
    const run = this.#before.then(() => this.#classify(samples));
    this.#before = run.catch(() => {});
    return run;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async #classify(samples: Samples): Promise<Uint8Array> {
    const count = countOf(samples, this.#input);
    let shared = samples;
    if (!(samples.buffer instanceof SharedArrayBuffer)) {
      shared = this.allocate(count);
      shared.set(samples);
    }
    const request: PoolRequest = {
      samples: shared,
      classes: new Uint8Array(new SharedArrayBuffer(count)),
      next: new Int32Array(new SharedArrayBuffer(4)),
      stretch: STRETCH,
    };
    if (this.#end !== undefined) throw this.#end;
    const done = this.#workers.map(
      (worker, index) =>
        new Promise<void>((resolve, reject) => {
          this.#waiting[index] = { resolve, reject };
          worker.ref();
          worker.postMessage(request);
        }),
    );
    try {
      await Promise.all(done);
    } finally {
      this.#waiting = [];
      for (const worker of this.#workers) worker.unref();
    }
    return Uint8Array.from(request.classes);
  }

  /** No answer will come. The first reason counts. */
  #abandon(message: string): void {
    this.#end ??= new FemtoError({ code: "engine.worker", message });
    for (const { reject } of this.#waiting) reject(this.#end);
  }
}
