/** @file What a mapped circuit computes between cuts: the function of a net over those nets at which its cone is cut off. */

import type { DecisionDiagrams, Diagram } from "../equivalence/decision-diagram.ts";
import type { YosysBit } from "../netlist/yosys-json.ts";
import type { FpgaNetlist } from "./netlist.ts";

export class Cones {
  readonly #netlist: FpgaNetlist;
  readonly #diagrams: DecisionDiagrams;
  /** What stands for each bit, the cuts first. */
  readonly #known: Map<YosysBit, Diagram>;
  /** Variables for inputs that no cut is before. */
  #next: number;

  /**
   * @param cuts what each cut net is a function of: a variable
   * @param variables how many variables there are
   */
  constructor(
    netlist: FpgaNetlist,
    diagrams: DecisionDiagrams,
    cuts: ReadonlyMap<YosysBit, Diagram>,
    variables: number,
  ) {
    this.#netlist = netlist;
    this.#diagrams = diagrams;
    this.#known = new Map<YosysBit, Diagram>([["0", 0], ["1", 1], ...cuts]);
    this.#next = variables;
  }

  /** The function that drives a net which is a cut itself: it is cut at those before it. */
  behind(bit: YosysBit): Diagram {
    const driver = this.#netlist.driverOf.get(bit);
    if (driver === undefined) return this.of(bit);
    return this.#diagrams.table(
      driver.contents,
      driver.inputs.map((input) => this.of(input)),
    );
  }

  /** What a net carries: of a cut, its variable. */
  of(bit: YosysBit): Diagram {
    let known = this.#known.get(bit);
    if (known === undefined) {
      known = this.#netlist.driverOf.has(bit) ? this.behind(bit) : this.#diagrams.variable(this.#next++);
      this.#known.set(bit, known);
    }
    return known;
  }
}
