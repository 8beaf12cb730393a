/** @file The fast evaluator: a netlist compiled to vector instructions, 128 vectors at once. */

import { fail } from "../../base/errors.ts";
import { compile, type HostMemory, instantiate, PAGE_BYTES } from "../../engine/wasm/index.ts";
import { dataInputs, type Netlist } from "../netlist/netlist.ts";
import type { Activity } from "./activity.ts";
import { type KernelOptions, writeKernel } from "./kernel/kernel.ts";
import { LANES, type Layout, WORD_BYTES } from "./kernel/layout.ts";
import { type Batch, pack } from "./pack.ts";
import { bitOf, checkStimulus, type PortValues, type Stimulus, transitionsOf, valueAt } from "./stimulus.ts";

interface Program {
  memory: HostMemory;
  still: (previous: number, next: number, step: number) => void;
  settle: (previous: number, next: number, step: number) => void;
  step: (previous: number, next: number, step: number) => void;
  flush: () => void;
}

/** A stimulus laid out for one evaluator, to be run as often as wished. */
export interface PackedStimulus {
  readonly transitions: number;
  readonly batches: readonly Batch[];
}

export class GateEvaluator {
  readonly netlist: Netlist;
  readonly options: Readonly<Required<KernelOptions>>;
  /** Gate evaluations that one step of 128 lanes takes. */
  readonly evaluations: number;
  readonly #layout: Layout;
  readonly #stepsPerFlush: number;
  readonly #program: Program;

  private constructor(
    netlist: Netlist,
    options: Required<KernelOptions>,
    kernel: ReturnType<typeof writeKernel>,
    program: Program,
  ) {
    this.netlist = netlist;
    this.options = options;
    this.evaluations = kernel.evaluations;
    this.#layout = kernel.layout;
    this.#stepsPerFlush = kernel.stepsPerFlush;
    this.#program = program;
    this.holdAt({});
  }

  /**
   * Compiles a netlist. Keep the evaluator: compiling takes longer than many runs.
   * @throws FemtoError `gates.still`, `gates.too-large`, `netlist.loop`
   */
  static async compile(netlist: Netlist, options: KernelOptions): Promise<GateEvaluator> {
    const kernel = writeKernel(netlist, options);
    const program = (await instantiate(await compile(kernel.bytes))) as unknown as Program;
    return new GateEvaluator(netlist, { still: [], countsHigh: false, ...options }, kernel, program);
  }

  /**
   * Counts what a stimulus toggles.
   * @throws FemtoError `stimulus.*`
   */
  run(stimulus: Stimulus): Activity {
    checkStimulus(this.netlist, stimulus);
    this.hold(stimulus);
    return this.#count(transitionsOf(stimulus), pack(this.netlist, this.#layout, stimulus));
  }

  /** Lays a stimulus out as the kernel reads it; values of ports that hold still do not matter here. */
  pack(stimulus: Stimulus): PackedStimulus {
    const batches = Array.from(pack(this.netlist, this.#layout, stimulus), ({ steps, words }) => ({
      steps,
      words: words.slice(),
    }));
    return { transitions: transitionsOf(stimulus), batches };
  }

  /**
   * Gives ports that hold still their values: one for all lanes, or one for each of the 128. Ports that are not named hold 0.
   * Lane j of a block is stream or pair j of it; the lanes of a single stream are pieces of it.
   */
  holdAt(values: Readonly<Record<string, PortValues>>): void {
    const memory = new Int32Array(this.#program.memory.buffer);
    for (const { name, nets } of dataInputs(this.netlist)) {
      if (!this.options.still.includes(name)) continue;
      const value = Object.hasOwn(values, name) ? values[name]! : 0;
      nets.forEach((net, bit) => {
        const word = this.#layout.stillAddress(net) / 4;
        if (typeof value === "number") memory.fill(-bitOf(value, bit), word, word + WORD_BYTES / 4);
        else {
          for (let lane = 0; lane < LANES; lane++) {
            const mask = 1 << (lane & 31);
            if (bitOf(value[lane]!, bit)) memory[word + (lane >> 5)]! |= mask;
            else memory[word + (lane >> 5)]! &= ~mask;
          }
        }
      });
    }
    memory.fill(-1, this.#layout.stillAddress(1) / 4, this.#layout.stillAddress(1) / 4 + WORD_BYTES / 4);
    const [bank] = this.#layout.banks;
    this.#program.still(bank, bank, 0);
  }

  /** Counts what a packed stimulus toggles while still ports keep the values last given. */
  runPacked({ transitions, batches }: PackedStimulus): Activity {
    return this.#count(transitions, batches);
  }

  #count(transitions: number, batches: Iterable<Batch>): Activity {
    const { sums, moving, steps, stepBytes, banks } = this.#layout;
    const { memory, settle, step: advance, flush } = this.#program;
    new Uint8Array(memory.buffer, sums, 2 * moving.length * WORD_BYTES).fill(0);
    let sinceFlush = 0;
    for (const batch of batches) {
      this.#reserve(steps + batch.words.byteLength);
      new Int32Array(memory.buffer, steps, batch.words.length).set(batch.words);
      this.#reset();
      let [previous, next] = banks;
      settle(previous, previous, steps);
      for (let step = 1; step < batch.steps; step++) {
        advance(previous, next, steps + step * stepBytes);
        [previous, next] = [next, previous];
        if (++sinceFlush === this.#stepsPerFlush) {
          flush();
          sinceFlush = 0;
        }
      }
    }
    flush();
    const region = moving.length * WORD_BYTES;
    return {
      delay: this.options.delay,
      transitions,
      toggles: this.#totals(sums),
      high: this.options.countsHigh ? this.#highs(sums + region, transitions) : undefined,
    };
  }

  /** As totals; what holds still is 1 after every transition or after none. */
  #highs(address: number, transitions: number): Float64Array {
    const highs = this.#totals(address);
    const memory = new Int32Array(this.#program.memory.buffer);
    const { position, stillAddress } = this.#layout;
    return highs.map((count, net) =>
      position(net) === undefined ? (memory[stillAddress(net) / 4] ? transitions : 0) : count,
    );
  }

  /** Sums the four 32-bit lanes of each net. */
  #totals(address: number): Float64Array {
    const { moving } = this.#layout;
    const lanes = new Uint32Array(this.#program.memory.buffer, address, moving.length * 4);
    const totals = new Float64Array(this.netlist.netNames.length);
    moving.forEach((net, position) => {
      const at = 4 * position;
      totals[net] = lanes[at]! + lanes[at + 1]! + lanes[at + 2]! + lanes[at + 3]!;
    });
    return totals;
  }

  /** Flip-flops as they are before the first clock edge. */
  #reset(): void {
    const memory = new Int32Array(this.#program.memory.buffer);
    for (const { q, initial } of this.netlist.flipFlops) {
      const word = (this.#layout.banks[0] + this.#layout.position(q)! * WORD_BYTES) / 4;
      memory.fill(initial ? -1 : 0, word, word + WORD_BYTES / 4);
    }
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#program.memory.buffer.byteLength;
    if (missing > 0) this.#program.memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  /** Holds still ports at the one value they have in a stimulus. */
  hold(stimulus: Stimulus): void {
    const sets = stimulus.kind === "pairs" ? [stimulus.before, stimulus.after] : [stimulus.vectors];
    const total = stimulus.kind === "pairs" ? stimulus.count : (stimulus.streams ?? 1) * stimulus.count;
    const held: Record<string, PortValues> = {};
    for (const name of this.options.still) {
      const value = valueAt(sets[0]![name]!, 0);
      for (const vectors of sets) {
        const values = vectors[name]!;
        for (let index = 0; index < total; index++) {
          if (valueAt(values, index) === value) continue;
          fail({
            code: "stimulus.still",
            where: `stimulus › ${name}`,
            message: "the port is held still but its values differ",
            expected: `${value} throughout`,
            got: `${valueAt(values, index)} at ${index}`,
            hint: "compile the evaluator without this port in `still`",
          });
        }
      }
      held[name] = typeof value === "bigint" ? new Array<bigint>(LANES).fill(value) : value;
    }
    this.holdAt(held);
  }
}
