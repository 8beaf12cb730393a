/** @file A netlist as a machine: many independent streams at once, one bit of a 32-bit word each. */

import { fail } from "../../base/errors.ts";
import { gateKind } from "../netlist/gate-kind.ts";
import { levelise } from "../netlist/levelise.ts";
import { dataInputs, type Net, type Netlist, ONE, outputs, type Port } from "../netlist/netlist.ts";
import type { Machine, Values } from "../verilog/index.ts";

/** Values of one port, one per stream. */
export type Lanes = Readonly<Record<string, readonly bigint[]>>;

export class NetlistMachine {
  readonly streams: number;
  readonly #netlist: Netlist;
  readonly #order: Uint32Array;
  readonly #words: number;
  /** Net n holds its streams in words n·words to (n+1)·words. */
  readonly #values: Int32Array;

  /** @throws FemtoError `netlist.loop` */
  constructor(netlist: Netlist, streams = 1) {
    this.streams = streams;
    this.#netlist = netlist;
    this.#order = levelise(netlist).order;
    this.#words = Math.ceil(streams / 32);
    this.#values = new Int32Array(netlist.netNames.length * this.#words);
    this.#fill(ONE, 1);
    for (const { q, initial } of netlist.flipFlops) this.#fill(q, initial);
  }

  /** One clock cycle of every stream: outputs for these inputs and the present state, then the clock edge. */
  step(inputs: Lanes): Record<string, bigint[]> {
    for (const port of dataInputs(this.#netlist)) {
      const values = inputs[port.name];
      if (values === undefined) {
        fail({
          code: "stimulus.missing",
          where: `${this.#netlist.name} › ${port.name}`,
          message: "the input has no values",
        });
      }
      this.#write(port, values);
    }
    this.#settle();
    const results = Object.fromEntries(outputs(this.#netlist).map((port) => [port.name, this.#read(port)]));
    this.#edge();
    return results;
  }

  #fill(net: Net, value: 0 | 1): void {
    this.#values.fill(value ? -1 : 0, net * this.#words, (net + 1) * this.#words);
  }

  #write({ nets }: Port, values: readonly bigint[]): void {
    for (const net of nets) this.#fill(net, 0);
    for (let base = 0; base < nets.length; base += 32) {
      const here = nets.slice(base, base + 32);
      for (let stream = 0; stream < this.streams; stream++) {
        const chunk = Number(BigInt.asIntN(32, values[stream]! >> BigInt(base)));
        const [word, lane] = [stream >> 5, stream & 31];
        here.forEach((net, bit) => {
          this.#values[net * this.#words + word]! |= ((chunk >>> bit) & 1) << lane;
        });
      }
    }
  }

  #read({ nets, isSigned }: Port): bigint[] {
    return Array.from({ length: this.streams }, (_, stream) => {
      const [word, lane] = [stream >> 5, stream & 31];
      let value = 0n;
      for (let base = 0; base < nets.length; base += 32) {
        let chunk = 0;
        nets.slice(base, base + 32).forEach((net, bit) => {
          chunk |= ((this.#values[net * this.#words + word]! >>> lane) & 1) << bit;
        });
        value |= BigInt(chunk >>> 0) << BigInt(base);
      }
      return isSigned ? BigInt.asIntN(nets.length, value) : value;
    });
  }

  #settle(): void {
    const [values, words] = [this.#values, this.#words];
    for (const index of this.#order) {
      const { kind, inputs, output } = this.#netlist.gates[index]!;
      const { evaluate } = gateKind(kind);
      const [a = 0, b = 0, c = 0, d = 0] = inputs.map((net) => net * words);
      const y = output * words;
      for (let w = 0; w < words; w++)
        values[y + w] = evaluate(values[a + w]!, values[b + w]!, values[c + w]!, values[d + w]!);
    }
  }

  /** All flip-flops read before any of them changes. */
  #edge(): void {
    const words = this.#words;
    const at = (net: Net, w: number) => this.#values[net * words + w]!;
    const isActive = (control: { net: Net; active: 0 | 1 } | undefined, w: number) =>
      control === undefined ? -1 : control.active ? at(control.net, w) : ~at(control.net, w);
    const next = this.#netlist.flipFlops.map(({ d, q, enable, reset }) =>
      Int32Array.from({ length: words }, (_, w) => {
        const enabled = isActive(enable, w);
        const kept = (enabled & at(d, w)) | (~enabled & at(q, w));
        if (reset === undefined) return kept;
        const cleared = isActive(reset, w) & (reset.overEnable ? -1 : enabled);
        return (cleared & -reset.value) | (~cleared & kept);
      }),
    );
    this.#netlist.flipFlops.forEach(({ q }, i) => {
      this.#values.set(next[i]!, q * words);
    });
  }
}

/** One stream, one value per port. */
export function singleStream(netlist: Netlist): Machine {
  const machine = new NetlistMachine(netlist);
  const names = dataInputs(netlist).map(({ name }) => name);
  return {
    step(inputs: Readonly<Values>) {
      const results = machine.step(Object.fromEntries(names.map((name) => [name, [inputs[name] ?? 0n]])));
      return Object.fromEntries(Object.entries(results).map(([name, [value]]) => [name, value!]));
    },
  };
}
