/** @file Characterises a multiply-accumulate netlist: energy by weight under drawn transitions, or exactly, element by element. */

import { fail } from "../../base/errors.ts";
import { type DelayModel, fanOutWeights, type Weights, weigh } from "../gates/activity.ts";
import { GateEvaluator } from "../gates/evaluator.ts";
import { LANES } from "../gates/kernel/layout.ts";
import { netlistHash } from "../netlist/hash.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { type Draws, stimulusOf } from "./draw.ts";
import { checkTrace, forEachElement, type LayerTrace, type SystolicArray } from "./trace.ts";
import type { WeightTable } from "./weight-table.ts";

/** What all processing elements of a layer switched, in relative units. */
export interface ExactEnergy {
  /** T transitions per element: those inside the stream, T − 1, were simulated; the entry is taken to cost their mean. */
  readonly total: number;
  /** Transitions that were simulated. */
  readonly transitions: number;
}

/** Columns of a stream that are simulated at a time. */
const SPAN = 64;

export class Characteriser {
  readonly netlist: Netlist;
  readonly delay: DelayModel;
  readonly #evaluator: GateEvaluator;
  readonly #capacitance: Weights;
  readonly #weightBits: number;

  private constructor(netlist: Netlist, evaluator: GateEvaluator, weightBits: number) {
    this.netlist = netlist;
    this.delay = evaluator.options.delay;
    this.#evaluator = evaluator;
    this.#capacitance = fanOutWeights(netlist);
    this.#weightBits = weightBits;
  }

  /**
   * Compiles a unit with inputs `a`, `w`, `p`; the weight is held still.
   * @throws FemtoError `characterise.ports`, and those of `GateEvaluator.compile`
   */
  static async compile(netlist: Netlist, delay: DelayModel = "unit"): Promise<Characteriser> {
    const inputs = netlist.ports.filter(({ direction }) => direction === "input");
    const weight = inputs.find(({ name }) => name === "w");
    if (
      inputs
        .map(({ name }) => name)
        .sort()
        .join() !== "a,p,w" ||
      weight === undefined
    ) {
      fail({
        code: "characterise.ports",
        where: `netlist ${netlist.name}`,
        message: "not a multiply-accumulate unit",
        expected: "inputs a, w and p",
        got: inputs.map(({ name }) => name).join(", ") || "no inputs",
      });
    }
    const evaluator = await GateEvaluator.compile(netlist, { delay, still: ["w"] });
    return new Characteriser(netlist, evaluator, weight.nets.length);
  }

  /**
   * Ē(w) for every weight, on the same transitions.
   * @param onWeight toggles per net of each weight, if wanted
   */
  table(draws: Draws, onWeight?: (weight: number, toggles: Float64Array) => void): WeightTable {
    for (const side of [draws.from, draws.to]) {
      this.#checkFit("a", side.a);
      this.#checkFit("p", side.p);
    }
    const half = 2 ** (this.#weightBits - 1);
    const packed = this.#evaluator.pack(stimulusOf(draws, 0));
    const energies = Float64Array.from({ length: 2 * half }, (_, index) => {
      this.#evaluator.holdAt({ w: index - half });
      const { toggles } = this.#evaluator.runPacked(packed);
      onWeight?.(index - half, toggles);
      return weigh(toggles, this.#capacitance) / draws.count;
    });
    return {
      weightBits: this.#weightBits,
      energies,
      unit: "relative",
      origin: {
        level: this.delay,
        netlist: this.netlist.name,
        netlistHash: netlistHash(this.netlist),
        stimulus: draws.description,
      },
    };
  }

  /**
   * Simulates every element of the array over all columns: the truth that tables are held against. 128 elements side by side, each
   * with its own weight; some 100 ns per multiply-accumulate.
   * @throws FemtoError those of `checkTrace`
   */
  exact(trace: LayerTrace, array: SystolicArray): ExactEnergy {
    checkTrace(trace, array);
    this.#checkFit("a", trace.activations);
    this.#checkFit("w", trace.weights);
    this.#checkFit("p", [-(2 ** (array.accumulatorBits - 1))]);
    const { activations, steps } = trace;
    let inside = 0;
    for (let from = 0; from + 1 < steps; from += SPAN - 1) {
      const to = Math.min(steps, from + SPAN);
      const count = to - from;
      const a = new Int16Array(LANES * count);
      const p = new Int32Array(LANES * count);
      const w = new Int16Array(LANES);
      let streams = 0;
      const simulate = (): void => {
        if (streams === 0) return;
        this.#evaluator.holdAt({ w });
        const packed = this.#evaluator.pack({ kind: "stream", count, streams, vectors: { a, p, w: 0 } });
        inside += weigh(this.#evaluator.runPacked(packed).toggles, this.#capacitance);
        streams = 0;
      };
      forEachElement(trace, array, { from, to }, ({ input, weight, partialSums }) => {
        const row = input * steps;
        a.set(activations.subarray(row + from, row + to), streams * count);
        p.set(partialSums, streams * count);
        w[streams++] = weight;
        if (streams === LANES) simulate();
      });
      simulate();
    }
    return { total: (inside * steps) / (steps - 1), transitions: trace.weights.length * (steps - 1) };
  }

  /** A value that loses bits at a port would be characterised as another one. */
  #checkFit(port: "a" | "w" | "p", values: ArrayLike<number>): void {
    const bits = this.netlist.ports.find(({ name }) => name === port)!.nets.length;
    const most = 2 ** (bits - 1);
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (value >= -most && value < most) continue;
      fail({
        code: "characterise.width",
        where: `netlist ${this.netlist.name} › ${port}`,
        message: "the unit is too narrow for what is to pass through it",
        expected: `${-most} … ${most - 1} (${bits} bits)`,
        got: String(value),
        hint: "build the unit with the widths of the array",
      });
    }
  }
}
