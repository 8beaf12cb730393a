/** @file Builds netlists gate by gate, without synthesis. Constants and repeated inputs are folded away; nothing else is. */

import { checkNetlist } from "./check.ts";
import { foldGate } from "./fold.ts";
import type { GateKind } from "./gate-kind.ts";
import type { Control, FlipFlop, Gate, Net, Netlist, Port } from "./netlist.ts";
import { sweep } from "./sweep.ts";

export class NetlistBuilder {
  readonly #name: string;
  readonly #netNames: string[] = ["0", "1"];
  readonly #ports: Port[] = [];
  readonly #gates: Gate[] = [];
  readonly #flipFlops: FlipFlop[] = [];
  #clock: Netlist["clock"];

  constructor(name: string) {
    this.#name = name;
  }

  /** The nets of a new input port, least significant bit first. */
  input(name: string, width: number, isSigned = false): Net[] {
    const nets = Array.from({ length: width }, (_, bit) => this.#net(`${name}[${bit}]`));
    this.#ports.push({ name, direction: "input", nets, isSigned });
    return nets;
  }

  output(name: string, nets: readonly Net[], isSigned = false): void {
    this.#ports.push({ name, direction: "output", nets: [...nets], isSigned });
  }

  /** The port whose edge moves the flip-flops. */
  clock(port = "clk_i", edge: "rising" | "falling" = "rising"): void {
    this.#ports.push({ name: port, direction: "input", nets: [this.#net(port)], isSigned: false });
    this.#clock = { port, edge };
  }

  /** The net that the gate drives; a constant or an existing net where the gate folds away. */
  gate(kind: GateKind, ...inputs: readonly Net[]): Net {
    const folded = foldGate(kind, inputs);
    if (typeof folded === "number") return folded;
    const output = this.#net(`n${this.#netNames.length}`);
    this.#gates.push({ ...folded, output });
    return output;
  }

  not = (a: Net): Net => this.gate("NOT", a);
  and = (a: Net, b: Net): Net => this.gate("AND", a, b);
  or = (a: Net, b: Net): Net => this.gate("OR", a, b);
  xor = (a: Net, b: Net): Net => this.gate("XOR", a, b);

  /** Sum and carry of two bits: XOR, AND. */
  halfAdder(a: Net, b: Net): [sum: Net, carry: Net] {
    return [this.xor(a, b), this.and(a, b)];
  }

  /** Sum and carry of three bits: two XOR, two AND, one OR. */
  fullAdder(a: Net, b: Net, c: Net): [sum: Net, carry: Net] {
    const half = this.xor(a, b);
    return [this.xor(half, c), this.or(this.and(a, b), this.and(half, c))];
  }

  /** A bit of state: its output can be read before `connect` says what enters it. */
  register(name: string, options: { enable?: Control; reset?: FlipFlop["reset"]; initial?: 0 | 1 } = {}) {
    const q = this.#net(name);
    const { initial = 0, enable, reset } = options;
    const connect = (d: Net) => {
      this.#flipFlops.push({ d, q, initial, ...(enable && { enable }), ...(reset && { reset }) });
    };
    return { q, connect };
  }

  /** The finished netlist, checked; what no output depends on is left out. */
  build(): Netlist {
    const netlist = checkNetlist({
      name: this.#name,
      netNames: this.#netNames,
      ports: this.#ports,
      gates: this.#gates,
      flipFlops: this.#flipFlops,
      ...(this.#clock && { clock: this.#clock }),
    });
    return sweep(netlist);
  }

  #net(name: string): Net {
    return this.#netNames.push(name) - 1;
  }
}
