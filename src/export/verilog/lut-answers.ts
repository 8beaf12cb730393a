/** @file What a lookup-table circuit answers as it stands in Verilog text, made into gates. */

import { type Circuit, type Design, NetlistMachine, quickNetlists, type Yosys } from "../../circuits/index.ts";
import type { Samples } from "../../engine/bits/index.ts";
import type { ThermometerBit } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { type Progress, silent } from "../lut/progress.ts";
import type { LutCircuit } from "./lut-network.ts";

/** Streams evaluated together: samples come one after the other in each. */
const STREAMS = 1024;

/**
 * The class of every raw sample by Verilog text, made into gates: of the circuit with its encoder, or of the core alone
 * where samples are no bytes, which then gets the code that the encoder would give.
 */
export function answersOfDesign(
  yosys: Yosys,
  { circuit, core, netlist }: LutCircuit,
  sources: Design["sources"],
  network: LutNetwork,
  samples: Samples,
  progress: Progress = silent,
): Promise<Uint8Array> {
  const count = samples.length / network.input.features;
  const top = circuit ?? core;
  const given =
    circuit === undefined
      ? codes(netlist.bits, samples, network.input.features)
      : stimuli(samples as Uint8Array, count);
  return runDesign(yosys, top, { top: top.name, sources }, given, progress);
}

/** What goes into the only input port of a circuit, by sample. */
interface Stimuli {
  readonly port: string;
  readonly count: number;
  readonly at: (sample: number) => bigint;
}

function stimuli(samples: Uint8Array, count: number): Stimuli {
  const features = samples.length / count;
  return { port: "sample_i", count, at: (i) => packed(samples.subarray(i * features, (i + 1) * features)) };
}

function codes(bits: readonly ThermometerBit[], samples: Samples, features: number): Stimuli {
  const at = (i: number) => {
    let digits = "";
    for (let b = bits.length - 1; b >= 0; b--) {
      digits += samples[i * features + bits[b]!.feature]! > bits[b]!.threshold ? "1" : "0";
    }
    return BigInt(`0b${digits}`);
  };
  return { port: "code_i", count: samples.length / features, at };
}

/** The class of every sample, by a machine of {@link STREAMS} streams. */
async function runDesign(
  yosys: Yosys,
  circuit: Circuit,
  design: Design,
  given: Stimuli,
  progress: Progress,
): Promise<Uint8Array> {
  const netlist = (await quickNetlists(yosys, [design])).get(circuit.top.name)!;
  const machine = new NetlistMachine(netlist, STREAMS);
  const rounds = Math.ceil(given.count / STREAMS);
  const classes = new Uint8Array(given.count);
  for (let round = 0; round < rounds + circuit.latency; round++) {
    progress(`${given.count} samples on the gates of ${circuit.name}`, `${Math.min(given.count, round * STREAMS)} run`);
    const values = Array.from({ length: STREAMS }, (_, stream) => {
      const i = round * STREAMS + stream;
      return i < given.count ? given.at(i) : 0n;
    });
    const { class_o } = machine.step({ [given.port]: values });
    class_o!.forEach((value, stream) => {
      const i = (round - circuit.latency) * STREAMS + stream;
      if (i >= 0 && i < given.count) classes[i] = Number(value);
    });
  }
  return classes;
}

/** Feature f in bits 8f to 8f+7. */
export function packed(sample: Uint8Array): bigint {
  let digits = "0x0";
  for (let f = sample.length - 1; f >= 0; f--) digits += sample[f]!.toString(16).padStart(2, "0");
  return BigInt(digits);
}
