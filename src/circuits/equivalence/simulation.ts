/** @file Is a netlist what the circuit's model says? By every input there is, or by random streams. */

import { fail } from "../../base/errors.ts";
import type { Circuit } from "../circuit.ts";
import { type Counterexample, warmupOf } from "../compare.ts";
import type { Netlist } from "../netlist/netlist.ts";
import { allVectors, EXHAUSTIVE_BITS, freeInputs, randomVectors } from "../stimulus.ts";
import type { Values } from "../verilog/index.ts";
import { NetlistMachine } from "./netlist-machine.ts";

export interface SimulationCheck {
  /** `exhaustive` is a proof; `random` is not. */
  readonly method: "exhaustive" | "random";
  readonly vectors: number;
  readonly seed: number | undefined;
  /** Undefined: no difference was found. */
  readonly counterexample: Counterexample | undefined;
}

export interface SimulationOptions {
  /** Vectors of a random check; the default is 16 384. */
  readonly vectors?: number;
  readonly seed?: number;
  /** By default everything where the input has at most 16 bits and there are no registers, else random. */
  readonly method?: "exhaustive" | "random";
}

/** Streams evaluated together. */
const STREAMS = 4096;

/** Holds a netlist against a circuit's model. @throws FemtoError `circuits.ports` where their ports differ */
export function checkBySimulation(
  circuit: Circuit,
  netlist: Netlist,
  options: SimulationOptions = {},
): SimulationCheck {
  checkPorts(circuit, netlist);
  const bits = freeInputs(circuit).reduce((sum, { width }) => sum + width, 0);
  const { vectors = 16_384, seed = 1 } = options;
  const method = options.method ?? (circuit.top.clocking === undefined && bits <= 16 ? "exhaustive" : "random");
  if (method === "exhaustive") {
    const counterexample = checkStreams(circuit, netlist, batches(allVectors(circuit)));
    return { method, vectors: 2 ** Math.min(bits, EXHAUSTIVE_BITS), seed: undefined, counterexample };
  }
  // With registers a stream must be long enough to reach states; without, every vector is a stream of its own.
  const length = circuit.top.clocking === undefined ? 1 : Math.max(64, 8 * circuit.latency);
  const streams = Math.max(1, Math.ceil(vectors / length));
  const all = Array.from({ length: streams }, (_, s) => randomVectors(circuit, length, seed * 65_537 + s));
  const counterexample = checkStreams(circuit, netlist, inGroups(all));
  return { method, vectors: streams * length, seed, counterexample };
}

/** Streams of one vector each, some thousand at a time. */
function* batches(vectors: Iterable<Values>): Generator<Values[][]> {
  let group: Values[][] = [];
  for (const vector of vectors) {
    group.push([vector]);
    if (group.length === STREAMS) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

function* inGroups(streams: readonly Values[][]): Generator<Values[][]> {
  for (let from = 0; from < streams.length; from += STREAMS) yield streams.slice(from, from + STREAMS);
}

function checkStreams(circuit: Circuit, netlist: Netlist, groups: Iterable<Values[][]>): Counterexample | undefined {
  const warmup = warmupOf(circuit);
  const ports = circuit.top.ports.filter(({ name }) => name !== circuit.top.clocking?.clock);
  const inputs = ports.filter(({ role }) => role === "input").map(({ name }) => name);
  for (const streams of groups) {
    const models = streams.map(() => circuit.model());
    const machine = new NetlistMachine(netlist, streams.length);
    const length = streams[0]!.length;
    for (let cycle = 0; cycle < length; cycle++) {
      const lanes = Object.fromEntries(inputs.map((name) => [name, streams.map((stream) => stream[cycle]![name]!)]));
      const got = machine.step(lanes);
      for (const [s, model] of models.entries()) {
        const given = streams[s]![cycle]!;
        for (const [output, expected] of Object.entries(model.step(given))) {
          const value = got[output]![s]!;
          if (cycle >= warmup && value !== expected) {
            return { cycle, output, expected, got: value, inputs: given };
          }
        }
      }
    }
  }
  return undefined;
}

/** Same names, widths and directions. */
function checkPorts(circuit: Circuit, netlist: Netlist): void {
  const text = (ports: readonly { name: string; direction: string; width: number }[]) =>
    ports
      .map(({ direction, name, width }) => `${direction} ${name}[${width}]`)
      .sort()
      .join(", ");
  const wanted = text(circuit.top.ports.map(({ name, role, width }) => ({ name, direction: role, width })));
  const got = text(netlist.ports.map(({ name, direction, nets }) => ({ name, direction, width: nets.length })));
  if (wanted === got) return;
  fail({
    code: "circuits.ports",
    where: `netlist ${netlist.name}`,
    message: "the netlist has other ports than the circuit",
    expected: wanted,
    got,
  });
}
