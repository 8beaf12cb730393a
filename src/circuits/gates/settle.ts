/**
 * @file When a netlist has come to rest: for each pair of vectors the last time, in gates of one unit of delay each, at which an
 * output changes. 32 pairs side by side; the longest of all pairs is the longest path that these pairs sensitise.
 */

import { fail } from "../../base/errors.ts";
import { gateKind } from "../netlist/gate-kind.ts";
import { levelise } from "../netlist/levelise.ts";
import { dataInputs, type Net, type Netlist, ONE, outputs } from "../netlist/netlist.ts";
import { bitOf, checkStimulus, type Stimulus, type Vectors, valueAt } from "./stimulus.ts";

export class SettleTimer {
  readonly netlist: Netlist;
  /** Gates on the longest path that there is, whether it can be sensitised or not. */
  readonly depth: number;
  readonly #order: Uint32Array;
  readonly #outputs: readonly Net[];

  /** @throws FemtoError `settle.state` for netlists with flip-flops, `netlist.loop` */
  constructor(netlist: Netlist) {
    if (netlist.flipFlops.length > 0) {
      fail({
        code: "settle.state",
        where: `netlist ${netlist.name}`,
        message: "times are taken from one change of the inputs to rest, and flip-flops start new ones",
        expected: "a netlist without flip-flops",
        got: `${netlist.flipFlops.length} flip-flops`,
      });
    }
    const { order, depth } = levelise(netlist);
    this.netlist = netlist;
    this.#order = order;
    this.#outputs = outputs(netlist).flatMap(({ nets }) => nets);
    this.depth = this.#outputs.reduce((most, net) => Math.max(most, depth[net]!), 0);
  }

  /**
   * The time of the last change of any output, for each pair; 0 where none changes.
   * @throws FemtoError `settle.pairs` for streams, those of `checkStimulus`
   */
  run(stimulus: Stimulus): Uint16Array {
    checkStimulus(this.netlist, stimulus);
    if (stimulus.kind !== "pairs") {
      const [message, expected] = ["vectors before and after are needed", "pairs"];
      return fail({
        code: "settle.pairs",
        where: `netlist ${this.netlist.name}`,
        message,
        expected,
        got: stimulus.kind,
      });
    }
    const { before, after, count } = stimulus;
    const words = Math.ceil(count / 32);
    let now: Int32Array = this.#settled(before, count, words);
    this.#apply(now, after, count, words);
    let next: Int32Array = now.slice();
    const times = new Uint16Array(32 * words);
    for (let time = 1; time <= this.depth; time++) {
      const isMoving = this.#advance(now, next, words);
      this.#mark(times, time, now, next, words);
      [now, next] = [next, now];
      if (!isMoving) break;
    }
    return times.subarray(0, count);
  }

  #apply(values: Int32Array, vectors: Vectors, count: number, words: number): void {
    for (const { name, nets } of dataInputs(this.netlist)) {
      const given = vectors[name]!;
      nets.forEach((net, bit) => {
        values.fill(0, net * words, (net + 1) * words);
        for (let i = 0; i < count; i++) values[net * words + (i >> 5)]! |= bitOf(valueAt(given, i), bit) << (i & 31);
      });
    }
  }

  #settled(vectors: Vectors, count: number, words: number): Int32Array {
    const values = new Int32Array(this.netlist.netNames.length * words);
    values.fill(-1, ONE * words, (ONE + 1) * words);
    this.#apply(values, vectors, count, words);
    for (const index of this.#order) this.#gate(index, values, values, words);
    return values;
  }

  /** One gate on all words. @returns whether its output differs from what `to` held of the time before */
  #gate(index: number, from: Int32Array, to: Int32Array, words: number): boolean {
    const { kind, inputs, output } = this.netlist.gates[index]!;
    const { evaluate } = gateKind(kind);
    const [a = 0, b = 0, c = 0, d = 0] = inputs.map((net) => net * words);
    const y = output * words;
    let changed = 0;
    for (let w = 0; w < words; w++) {
      const value = evaluate(from[a + w]!, from[b + w]!, from[c + w]!, from[d + w]!);
      changed |= value ^ from[y + w]!;
      to[y + w] = value;
    }
    return changed !== 0;
  }

  /** What every gate shows one unit later. */
  #advance(now: Int32Array, next: Int32Array, words: number): boolean {
    let isMoving = false;
    for (const index of this.#order) if (this.#gate(index, now, next, words)) isMoving = true;
    return isMoving;
  }

  #mark(times: Uint16Array, time: number, now: Int32Array, next: Int32Array, words: number): void {
    for (let w = 0; w < words; w++) {
      let changed = 0;
      for (const net of this.#outputs) changed |= now[net * words + w]! ^ next[net * words + w]!;
      while (changed !== 0) {
        const lane = 31 - Math.clz32(changed & -changed);
        times[32 * w + lane] = time;
        changed &= changed - 1;
      }
    }
  }
}
