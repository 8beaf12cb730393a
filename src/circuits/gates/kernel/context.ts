/** @file What the code generators of one kernel share. */

import type { Body, Local } from "../../../engine/wasm/index.ts";
import type { Levels } from "../../netlist/levelise.ts";
import type { Net, Netlist } from "../../netlist/netlist.ts";
import type { Arrivals } from "./arrival.ts";
import type { Layout } from "./layout.ts";
import { WORD_BYTES } from "./layout.ts";
import { Scratch, ToggleCounter } from "./toggle-counter.ts";

export interface Plan {
  readonly netlist: Netlist;
  readonly levels: Levels;
  readonly arrivals: Arrivals;
  readonly layout: Layout;
  /** Also counts, per net, how often it settled at 1. */
  readonly countsHigh: boolean;
}

/** One function body of a kernel, and how it reaches the nets' words. */
export class Code {
  readonly scratch: Scratch;
  readonly body: Body;
  readonly #plan: Plan;
  readonly #previous: Local;
  readonly #next: Local;
  readonly #mask: Local | undefined;

  /**
   * @param previous,next parameters: the addresses of the banks
   * @param step parameter: the address of the step's words; given where lanes are masked
   */
  constructor(plan: Plan, body: Body, banks: { previous: Local; next: Local; step?: Local }) {
    this.body = body;
    this.scratch = new Scratch(body);
    this.#plan = plan;
    this.#previous = banks.previous;
    this.#next = banks.next;
    if (banks.step !== undefined && (plan.countsHigh || plan.netlist.flipFlops.length > 0)) {
      this.#mask = body.local("v128");
      body.get(banks.step).memory("v128.load", plan.layout.maskOffset).set(this.#mask);
    }
  }

  /** Leaves the settled value of the previous step (`previous`) or of this one (`next`) on the stack. */
  load(net: Net, bank: "previous" | "next"): void {
    const position = this.#plan.layout.position(net);
    if (position === undefined) this.body.i32(0).memory("v128.load", this.#plan.layout.stillAddress(net));
    else this.body.get(bank === "previous" ? this.#previous : this.#next).memory("v128.load", position * WORD_BYTES);
  }

  /** Stores a local as the settled value of this step. */
  store(net: Net, value: Local): void {
    this.body
      .get(this.#next)
      .get(value)
      .memory("v128.store", this.#plan.layout.position(net)! * WORD_BYTES);
  }

  counter(): ToggleCounter {
    return new ToggleCounter(this.body, this.scratch);
  }

  /** Adds a counter to the toggles of a net, and its settled value to how often it was 1. */
  count(net: Net, toggles: ToggleCounter, settled: Local): void {
    const { layout, countsHigh, netlist } = this.#plan;
    const offset = layout.position(net)! * WORD_BYTES;
    // Lanes beyond the stimulus repeat their last vector and toggle nothing, unless flip-flops go on by themselves.
    toggles.store(layout.counts + offset, netlist.flipFlops.length > 0 ? this.#mask : undefined);
    if (!countsHigh) return;
    const high = this.counter();
    const copy = this.scratch.take();
    this.body.get(settled).set(copy);
    high.add(copy);
    high.store(layout.highs + offset, this.#mask);
  }
}

/** Splits gates into functions of moderate size, which compile in parallel and in linear time. */
export function chunks(gates: readonly number[], cost: (gate: number) => number, most: number): number[][] {
  const parts: number[][] = [];
  let room = 0;
  for (const gate of gates) {
    if (room <= 0) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)!.push(gate);
    room -= cost(gate);
  }
  return parts;
}
