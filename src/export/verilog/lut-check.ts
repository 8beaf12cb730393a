/**
 * @file A lookup-table circuit after synthesis: what it costs on an FPGA with and without the encoder, whether it answers
 * every given sample as the network does, and whether it is proved to be the network.
 */

import {
  type Circuit,
  type Design,
  designOf,
  type FpgaCounts,
  NetlistMachine,
  quickNetlists,
  runFpgaNetlist,
  type Yosys,
} from "../../circuits/index.ts";
import type { Fabric } from "../../circuits/verilog/index.ts";
import type { Samples } from "../../engine/bits/index.ts";
import type { ThermometerBit } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import type { LutCircuit } from "./lut-network.ts";
import { type LutProof, proveLutCircuit } from "./lut-proof.ts";
import { type Mapped, mapToFpga } from "./mapped.ts";

export interface SampleCheck {
  readonly samples: number;
  /** Samples that get another class. */
  readonly differ: number;
  /** The first of them. */
  readonly first: number | undefined;
}

export interface LutSynthesis {
  readonly target: Fabric;
  readonly engine: string;
  /** The core alone; the encoder is the difference. */
  readonly core: FpgaCounts;
  /** With the encoder; undefined where there is none. */
  readonly whole: FpgaCounts | undefined;
  /** The mapped netlist, cell by cell, on the samples; undefined without samples. */
  readonly check: SampleCheck | undefined;
  /** The mapped netlist, with the encoder where there is one, against the network. Undefined where tables are not kept. */
  readonly proof: LutProof | undefined;
  /** Of both mappings and what follows, or of reading what an earlier run left. */
  readonly seconds: number;
}

export interface LutSynthesisOptions {
  /** Raw bytes with the classes that the network gives them. */
  readonly test?: { readonly samples: Uint8Array; readonly classes: ArrayLike<number> };
  /**
   * Tables and counters are given as lookup tables of the fabric and stay what they are: the rest maps quickly, and the
   * mapped circuit can be cut and proved.
   */
  readonly keepsTables?: boolean;
}

/** @throws FemtoError `circuits.*` where Yosys refuses the text, or a table has too many inputs to be kept */
export async function synthesiseLutCircuit(
  yosys: Yosys,
  { circuit, core, netlist }: LutCircuit,
  target: Fabric,
  { test, keepsTables = false }: LutSynthesisOptions = {},
): Promise<LutSynthesis> {
  const start = performance.now();
  const map = (of: Circuit): Promise<Mapped> =>
    mapToFpga(yosys, designOf(of, keepsTables ? target : undefined), target, keepsTables);
  const mappedCore = await map(core);
  const mapped = circuit === undefined ? undefined : await map(circuit);
  const best = mapped ?? mappedCore;
  const check = test === undefined || mapped === undefined ? undefined : checkSamples(mapped, test);
  const proof = keepsTables ? proveLutCircuit(best.netlist, netlist, (circuit ?? core).latency) : undefined;
  const seconds = (performance.now() - start) / 1000;
  return { target, engine: best.engine, core: mappedCore.counts, whole: mapped?.counts, check, proof, seconds };
}

function checkSamples(
  { netlist }: Mapped,
  { samples, classes }: NonNullable<LutSynthesisOptions["test"]>,
): SampleCheck {
  const count = classes.length;
  const bits = bitsOf(samples, samples.length / count);
  const answers = runFpgaNetlist(netlist, { input: "sample_i", output: "class_o" }, count, bits);
  const wrong = Array.from(answers.keys()).filter((i) => answers[i] !== classes[i]);
  return { samples: count, differ: wrong.length, first: wrong[0] };
}

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
): Promise<Uint8Array> {
  const count = samples.length / network.input.features;
  const top = circuit ?? core;
  const given =
    circuit === undefined
      ? codes(netlist.bits, samples, network.input.features)
      : stimuli(samples as Uint8Array, count);
  return runDesign(yosys, top, { top: top.name, sources }, given);
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
async function runDesign(yosys: Yosys, circuit: Circuit, design: Design, given: Stimuli): Promise<Uint8Array> {
  const netlist = (await quickNetlists(yosys, [design])).get(circuit.top.name)!;
  const machine = new NetlistMachine(netlist, STREAMS);
  const rounds = Math.ceil(given.count / STREAMS);
  const classes = new Uint8Array(given.count);
  for (let round = 0; round < rounds + circuit.latency; round++) {
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

const bitsOf = (samples: Uint8Array, features: number) => (i: number) =>
  Uint8Array.from({ length: 8 * features }, (_, b) => (samples[i * features + (b >> 3)]! >> (b & 7)) & 1);

/** Feature f in bits 8f to 8f+7. */
export function packed(sample: Uint8Array): bigint {
  let digits = "0x0";
  for (let f = sample.length - 1; f >= 0; f--) digits += sample[f]!.toString(16).padStart(2, "0");
  return BigInt(digits);
}
