/**
 * @file Runs Yosys: the WebAssembly build from npm in a thread of its own, or an installed one. One run at a time;
 * results are kept under the hash of script, sources and version.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { FemtoError, fail } from "../../base/errors.ts";
import { findTool } from "../native/tools.ts";
import { keyOf, readEntry, synthesisCache, writeEntry } from "./cache.ts";
import { latchIn, type Source, yosysFailure } from "./failure.ts";
import type { PassNotice, RunAnswer, RunRequest } from "./protocol.ts";

export interface YosysJob {
  /** What is done, for messages: `synthesis of mac`. */
  readonly step: string;
  readonly script: readonly string[];
  readonly sources: readonly Source[];
  /** Files besides the Verilog sources, e.g. a cell library. */
  readonly files?: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  /** An inferred latch is a mistake; false lets it pass. */
  readonly refusesLatches?: boolean;
}

export interface YosysResult {
  readonly files: Readonly<Record<string, string>>;
  readonly log: string;
  /** Which Yosys it was: `@yowasp/yosys 0.55.944`, or the line of an installed one. */
  readonly engine: string;
  readonly isCached: boolean;
}

export interface YosysOptions {
  /** `wasm` is the npm package, `native` an installed program; `auto` takes the package if it is there. */
  readonly engine?: "auto" | "wasm" | "native";
  /** Where results are kept; false keeps none. */
  readonly cache?: string | false;
  /** A run that takes longer is ended. */
  readonly timeoutSeconds?: number;
  /** Told of every pass of a run as it begins; an installed program tells nothing on the way. */
  readonly onPass?: (step: string, pass: string) => void;
}

/** The version of the npm package; undefined where it is not installed. */
function packageVersion(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve("@yowasp/yosys");
    return JSON.parse(readFileSync(join(entry, "../../package.json"), "utf8")).version;
  } catch {
    return undefined;
  }
}

const brokenAnswer = (broken: string): RunAnswer => ({ id: 0, ok: false, log: "", files: {}, broken });

export class Yosys {
  readonly engine: string;
  readonly #kind: "wasm" | "native";
  readonly #cache: string | false;
  readonly #timeoutSeconds: number;
  readonly #onPass: YosysOptions["onPass"];
  #worker: Worker | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #settle: ((answer: RunAnswer) => void) | undefined;
  #step = "";
  #runs = 0;

  /** @throws FemtoError `circuits.no-yosys` where there is none */
  constructor(options: YosysOptions = {}) {
    const { engine = "auto", cache = synthesisCache(), timeoutSeconds = 600 } = options;
    const version = engine === "native" ? undefined : packageVersion();
    const native = version === undefined && engine !== "wasm" ? findTool("yosys") : undefined;
    if (version === undefined && native === undefined) {
      fail({
        code: "circuits.no-yosys",
        where: "synthesis",
        message: engine === "native" ? "no yosys is installed" : "Yosys is not there",
        expected: "the npm package @yowasp/yosys, or an installed yosys",
        hint: "npm install @yowasp/yosys (38 MB, runs everywhere)",
      });
    }
    this.#kind = version === undefined ? "native" : "wasm";
    this.engine = version === undefined ? native!.version : `@yowasp/yosys ${version}`;
    this.#cache = cache;
    this.#timeoutSeconds = timeoutSeconds;
    this.#onPass = options.onPass;
  }

  /** Runs a script. @throws FemtoError with the place of the mistake where Yosys refuses */
  async run(job: YosysJob): Promise<YosysResult> {
    const { script, sources, files = {}, outputs, step } = job;
    const inputs = { ...Object.fromEntries(sources.map(({ file, text }) => [file, text])), ...files };
    const key = keyOf(1, this.engine, script, inputs, outputs);
    const kept = this.#cache === false ? undefined : (readEntry(this.#cache, key) as RunAnswer | undefined);
    const request = { id: ++this.#runs, script: script.join("\n"), files: inputs, outputs };
    const answer = kept ?? (await this.#queue(step, request));
    if (answer.broken !== undefined) {
      const hint = "a smaller design or a simpler script may pass";
      throw new FemtoError({ code: "circuits.yosys", where: step, message: `Yosys broke: ${answer.broken}`, hint });
    }
    if (!answer.ok) throw yosysFailure(answer.log, sources, step);
    const latch = job.refusesLatches === false ? undefined : latchIn(answer.log, sources);
    if (latch !== undefined) throw latch;
    if (kept === undefined && this.#cache !== false) writeEntry(this.#cache, key, answer);
    return { files: answer.files, log: answer.log, engine: this.engine, isCached: kept !== undefined };
  }

  /** Ends the thread; the next run starts another. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #queue(step: string, request: RunRequest): Promise<RunAnswer> {
    const run = () => {
      this.#step = step;
      return this.#kind === "wasm" ? this.#inWorker(request) : this.#natively(request);
    };
    const answer = this.#turn.then(run);
    this.#turn = answer.catch(() => {});
    return answer;
  }

  #inWorker(request: RunRequest): Promise<RunAnswer> {
    const worker = this.#startWorker();
    return new Promise<RunAnswer>((resolve) => {
      const settle = (answer: RunAnswer) => {
        clearTimeout(timer);
        this.#settle = undefined;
        worker.unref();
        resolve(answer);
      };
      const timer = setTimeout(() => {
        void this.close();
        settle(brokenAnswer(`no answer within ${this.#timeoutSeconds} s`));
      }, this.#timeoutSeconds * 1000);
      this.#settle = settle;
      worker.ref();
      worker.postMessage(request);
    });
  }

  #startWorker(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // Worker entry points must be JavaScript: run from source (tests), the built file next door is used.
    const isSource = import.meta.url.endsWith(".ts");
    const entry = isSource ? "../../../dist/circuits/yosys/worker.js" : "./worker.js";
    const worker = new Worker(new URL(entry, import.meta.url));
    worker.on("message", (message: RunAnswer | PassNotice) => {
      if ("pass" in message) this.#onPass?.(this.#step, message.pass);
      else this.#settle?.(message);
    });
    worker.on("error", (error) => {
      this.#worker = undefined;
      this.#settle?.(brokenAnswer(error.message));
    });
    this.#worker = worker;
    return worker;
  }

  #natively({ id, script, files, outputs }: RunRequest): Promise<RunAnswer> {
    const folder = mkdtempSync(join(tmpdir(), "femto-yosys-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const timeout = this.#timeoutSeconds * 1000;
    const child = spawn("yosys", ["-Q", "-T", "-p", script], { cwd: folder, timeout });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    return new Promise<RunAnswer>((resolve) => {
      child.on("error", (error) => resolve({ id, ok: false, log, files: {}, broken: error.message }));
      child.on("close", (code) => {
        const made = outputs.flatMap((name) => {
          try {
            return [[name, readFileSync(join(folder, name), "utf8")] as const];
          } catch {
            return [];
          }
        });
        resolve({ id, ok: code === 0, log, files: Object.fromEntries(made) });
      });
    }).finally(() => rmSync(folder, { recursive: true, force: true }));
  }
}
