/**
 * @file The `ort` engine: ONNX Runtime in a thread of its own. Big tensors (weights, optimizer state, the data set) stay
 * in that thread; only small inputs and results cross.
 */

import { Worker } from "node:worker_threads";
import type { DType } from "../base/dtype.ts";
import { FemtoError, fail } from "../base/errors.ts";
import { f32, type Tensor } from "../base/tensor.ts";
import { cloneModel } from "../graph/clone.ts";
import type { Model } from "../graph/model.ts";
import { writeModel } from "../onnx/index.ts";
import { blockConvolutions, blockProbe } from "./blocked-convolutions.ts";
import type { Feeds } from "./feeds.ts";
import type { Answer, Request, SessionNames } from "./ort-protocol.ts";
import type { SessionChoice } from "./session-options.ts";

/** A request before the engine numbers its session. */
type Call = Request extends infer R ? (R extends { session: number } ? Omit<R, "session"> : never) : never;

const ended = (message: string) => new FemtoError({ code: "engine.worker", message });
const closed = () => ended("the engine has been closed");

/** Channels in a block of ONNX Runtime's blocked layout on this processor; 1 where it has none. */
export async function channelsOfBlock(engine: OrtEngine, probe = blockProbe()): Promise<number> {
  let session: OrtSession;
  try {
    session = await engine.load(probe);
  } catch (error) {
    if (error instanceof FemtoError && error.code === "engine.load") return 1;
    throw error;
  }
  const { y } = await session.run({ x: f32([1, 4, 1, 1], [1, 2, 3, 4]) });
  await session.release();
  return y!.dims[1]!;
}

/** One worker thread with any number of sessions. */
export class OrtEngine {
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  #block: Promise<number> | undefined;
  readonly #waiting = new Map<number, { resolve(answer: Answer & { ok: true }): void; reject(error: Error): void }>();
  /** Why there is no engine any more. */
  #end: FemtoError | undefined;
  #nextCall = 0;
  #nextSession = 0;

  constructor() {
    // Worker entry points must be JavaScript: run from source (tests), the built file next door is used.
    const isSource = import.meta.url.endsWith(".ts");
    this.#worker = new Worker(
      new URL(isSource ? "../../dist/engine/ort-worker.js" : "./ort-worker.js", import.meta.url),
    );
    this.#worker.on("message", (answer: Answer) => this.#settle(answer));
    this.#worker.on("error", (error) => this.#abandon(ended(`the engine thread died: ${error.message}`)));
    this.#exit = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        this.#abandon(closed());
        resolve();
      });
    });
    this.#worker.unref();
  }

  /** Opens a session on a model (or on the bytes of an ONNX file). @throws FemtoError `engine.load` */
  async load(model: Model | Uint8Array, choice: SessionChoice = {}): Promise<OrtSession> {
    if (model instanceof Uint8Array) return this.#open(model, choice);
    refuseTypes(model);
    return this.#open(writeModel(choice.layout === "blocked" ? await this.#inBlocks(model) : model), choice);
  }

  async #open(bytes: Uint8Array, choice: SessionChoice): Promise<OrtSession> {
    const session = ++this.#nextSession;
    const { names } = await this.call(session, { kind: "load", bytes, choice } as Call, "engine.load");
    return new OrtSession(this, session, names!);
  }

  async #inBlocks(model: Model): Promise<Model> {
    this.#block ??= channelsOfBlock(this);
    const copy = cloneModel(model);
    blockConvolutions(copy, await this.#block);
    return copy;
  }

  /**
   * Ends the thread when the calls under way are answered; later ones are refused. A thread ended inside ONNX Runtime's
   * binding takes the whole process with it (`Napi::Error`), which is why nothing is broken off.
   */
  async close(): Promise<void> {
    if (this.#end === undefined) {
      this.#end = closed();
      this.#worker.postMessage("close");
    }
    this.#worker.ref();
    await this.#exit;
  }

  /** @internal */
  call(session: number, call: Call, code = "engine.run"): Promise<Answer & { ok: true }> {
    const id = ++this.#nextCall;
    return new Promise<Answer & { ok: true }>((resolve, reject) => {
      if (this.#end !== undefined) throw this.#end;
      this.#worker.postMessage({ id, request: { ...call, session } });
      this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
    }).catch((cause: Error) => {
      if (cause instanceof FemtoError) throw cause;
      return fail({ code, message: `ONNX Runtime: ${cause.message}` });
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    // While it is being closed, the process has to wait for the thread's end.
    if (this.#waiting.size === 0 && this.#end === undefined) this.#worker.unref();
    if (answer.ok) waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.message));
  }

  /** No answer will come: whoever waits, and whoever asks from now on, is told. The first reason counts. */
  #abandon(reason: FemtoError): void {
    this.#end ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }
}

/** Element types that the JavaScript binding can pass; it ends the whole process on an int4 output. */
const passable = new Set<DType>(
  "float32 float64 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool string".split(" ") as DType[],
);

function refuseTypes({ graph }: Model): void {
  const values = [...graph.inputs.filter(({ constant }) => constant === undefined), ...graph.outputs];
  const value = values.find(({ type }) => type !== undefined && !passable.has(type.dtype));
  if (value === undefined) return;
  fail({
    code: "engine.type",
    where: `value "${value.name}"`,
    message: `ONNX Runtime for JavaScript cannot pass ${value.type!.dtype} in or out`,
    hint: "cast it inside the graph",
  });
}

/** One loaded graph. */
export class OrtSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #engine: OrtEngine;
  readonly #session: number;

  constructor(engine: OrtEngine, session: number, names: SessionNames) {
    this.#engine = engine;
    this.#session = session;
    this.inputs = names.inputs;
    this.outputs = names.outputs;
  }

  /** Runs once. Held tensors serve for inputs that `feeds` leaves out; outputs in `carry` become held inputs. */
  async run(
    feeds: Feeds,
    options: { fetch?: readonly string[]; carry?: Readonly<Record<string, string>> } = {},
  ): Promise<Record<string, Tensor>> {
    const { fetch = this.outputs, carry = {} } = options;
    return (await this.#engine.call(this.#session, { kind: "run", feeds, fetch, carry } as Call)).tensors;
  }

  /** Keeps tensors in the engine's thread as inputs of later runs. */
  async hold(feeds: Feeds): Promise<void> {
    await this.#engine.call(this.#session, { kind: "hold", feeds } as Call);
  }

  /** Copies held tensors back. */
  async read(names: readonly string[]): Promise<Record<string, Tensor>> {
    return (await this.#engine.call(this.#session, { kind: "read", names } as Call)).tensors;
  }

  async release(): Promise<void> {
    await this.#engine.call(this.#session, { kind: "release" } as Call);
  }
}
