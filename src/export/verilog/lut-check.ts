/**
 * @file A lookup-table circuit after synthesis: what it costs on an FPGA with and without the encoder, whether it answers
 * every given sample as the network does, and whether it is proved equal to the circuit before synthesis.
 */

import {
  type Circuit,
  type Design,
  designOf,
  type FpgaCounts,
  NetlistMachine,
  type Proof,
  proveEqual,
  quickNetlists,
  type Yosys,
} from "../../circuits/index.ts";
import type { Samples } from "../../engine/bits/index.ts";
import type { ThermometerBit } from "../../engine/bits/netlist.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { readLutCells, runLutCells, unchangedTables } from "./lut-cells.ts";
import type { LutCircuit } from "./lut-network.ts";
import { withPrimitives } from "./lut-primitives.ts";
import { type FpgaTarget, type Mapped, mapToFpga } from "./mapped.ts";

export interface SampleCheck {
  readonly samples: number;
  /** Samples that get another class. */
  readonly differ: number;
  /** The first of them. */
  readonly first: number | undefined;
}

export interface LutSynthesis {
  readonly target: FpgaTarget;
  readonly engine: string;
  /** The core alone; the encoder is the difference. */
  readonly core: FpgaCounts;
  /** With the encoder; undefined where there is none. */
  readonly whole: FpgaCounts | undefined;
  /** The mapped netlist, every cell of the FPGA as logic, on the samples; undefined without samples. */
  readonly check: SampleCheck | undefined;
  /** Where tables were kept: how many stand in the mapped netlist with their contents and inputs, of how many. */
  readonly kept: { readonly unchanged: number; readonly tables: number } | undefined;
  /** SAT from register to register or from table to table. Undefined where there are neither to cut at. */
  readonly proof: Proof | undefined;
}

export interface LutSynthesisOptions {
  /** Raw bytes with the classes that the network gives them. */
  readonly test?: { readonly samples: Uint8Array; readonly classes: ArrayLike<number> };
  /** Prove the mapped netlist equal to the text, which takes registers, or tables that are kept. */
  readonly isProved?: boolean;
  /** Combinational circuits on a Xilinx fabric: every table stays one lookup table of its own, which maps quickly. */
  readonly keepsTables?: boolean;
}

/** @throws FemtoError `circuits.*` where Yosys refuses the text */
export async function synthesiseLutCircuit(
  yosys: Yosys,
  { circuit, core, netlist }: LutCircuit,
  target: FpgaTarget,
  { test, isProved = false, keepsTables = false }: LutSynthesisOptions = {},
): Promise<LutSynthesis> {
  const map = (of: Circuit): Promise<Mapped> => {
    const design = designOf(of);
    if (!keepsTables) return mapToFpga(yosys, design, target);
    const name = core.name.replace(/_core$/, "");
    return mapToFpga(yosys, withPrimitives(design, netlist, name), target, true);
  };
  const mappedCore = await map(core);
  const mapped = circuit === undefined ? undefined : await map(circuit);
  const best = circuit === undefined ? { circuit: core, mapped: mappedCore } : { circuit, mapped: mapped! };
  const hasRegisters = best.circuit.top.clocking !== undefined;
  return {
    target,
    engine: mappedCore.engine,
    core: mappedCore.counts,
    whole: mapped?.counts,
    check:
      test === undefined || circuit === undefined
        ? undefined
        : await checkSamples(yosys, circuit, mapped!, test, keepsTables),
    kept: keepsTables
      ? { unchanged: unchangedTables(best.mapped.cells, best.circuit.top.name, netlist), tables: netlist.luts.length }
      : undefined,
    proof:
      isProved && (hasRegisters || keepsTables)
        ? await proveEqual(yosys, designOf(best.circuit), best.mapped.design)
        : undefined,
  };
}

/** Streams evaluated together: samples come one after the other in each. */
const STREAMS = 1024;

async function checkSamples(
  yosys: Yosys,
  circuit: Circuit,
  { design, cells }: Mapped,
  test: NonNullable<LutSynthesisOptions["test"]>,
  keepsTables: boolean,
): Promise<SampleCheck> {
  const count = test.classes.length;
  // Thousands of tables as gates again take Yosys minutes; without registers and carries the cells themselves can be run.
  const ports = { input: "sample_i", output: "class_o" };
  const tables = keepsTables ? readLutCells(cells, circuit.top.name, ports) : undefined;
  const classes =
    tables === undefined
      ? await runDesign(yosys, circuit, design, stimuli(test.samples, count))
      : runLutCells(tables, count, bitsOf(test.samples, test.samples.length / count));
  const wrong = Array.from(classes.keys()).filter((i) => classes[i] !== test.classes[i]);
  return { samples: classes.length, differ: wrong.length, first: wrong[0] };
}

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
