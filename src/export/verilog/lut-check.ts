/**
 * @file A lookup-table circuit after synthesis: what it costs on an FPGA with and without the encoder, whether it answers
 * every given sample as the network does, and whether it is proved equal to the circuit before synthesis.
 */

import {
  type Circuit,
  designOf,
  type FpgaCounts,
  NetlistMachine,
  type Proof,
  proveEqual,
  quickNetlists,
  type Yosys,
} from "../../circuits/index.ts";
import type { LutCircuit } from "./lut-network.ts";
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
  /** Pipelined: SAT from register to register, so table by table. Undefined where there are no registers to cut at. */
  readonly proof: Proof | undefined;
}

export interface LutSynthesisOptions {
  /** Raw bytes with the classes that the network gives them. */
  readonly test?: { readonly samples: Uint8Array; readonly classes: ArrayLike<number> };
  /** Prove the mapped netlist equal to the text, which takes registers. */
  readonly isProved?: boolean;
}

/** @throws FemtoError `circuits.*` where Yosys refuses the text */
export async function synthesiseLutCircuit(
  yosys: Yosys,
  { circuit, core }: LutCircuit,
  target: FpgaTarget,
  { test, isProved = false }: LutSynthesisOptions = {},
): Promise<LutSynthesis> {
  const mappedCore = await mapToFpga(yosys, designOf(core), target);
  const mapped = circuit === undefined ? undefined : await mapToFpga(yosys, designOf(circuit), target);
  const best = circuit === undefined ? { circuit: core, mapped: mappedCore } : { circuit, mapped: mapped! };
  const hasRegisters = best.circuit.top.clocking !== undefined;
  return {
    target,
    engine: mappedCore.engine,
    core: mappedCore.counts,
    whole: mapped?.counts,
    check: test === undefined || circuit === undefined ? undefined : await checkSamples(yosys, circuit, mapped!, test),
    proof: isProved && hasRegisters ? await proveEqual(yosys, designOf(best.circuit), best.mapped.design) : undefined,
  };
}

/** Streams evaluated together: samples come one after the other in each. */
const STREAMS = 1024;

async function checkSamples(
  yosys: Yosys,
  circuit: Circuit,
  { design }: Mapped,
  test: NonNullable<LutSynthesisOptions["test"]>,
): Promise<SampleCheck> {
  const netlist = (await quickNetlists(yosys, [design])).get(circuit.top.name)!;
  const classes = classesOf(circuit, new NetlistMachine(netlist, STREAMS), test.samples, test.classes.length);
  const wrong = Array.from(classes.keys()).filter((i) => classes[i] !== test.classes[i]);
  return { samples: classes.length, differ: wrong.length, first: wrong[0] };
}

/** The class of every sample, by a machine of {@link STREAMS} streams. */
function classesOf(circuit: Circuit, machine: NetlistMachine, samples: Uint8Array, count: number): Uint8Array {
  const features = samples.length / count;
  const rounds = Math.ceil(count / STREAMS);
  const classes = new Uint8Array(count);
  for (let round = 0; round < rounds + circuit.latency; round++) {
    const sample_i = Array.from({ length: STREAMS }, (_, stream) => {
      const i = round * STREAMS + stream;
      return i < count ? packed(samples.subarray(i * features, (i + 1) * features)) : 0n;
    });
    const { class_o } = machine.step({ sample_i });
    class_o!.forEach((value, stream) => {
      const i = (round - circuit.latency) * STREAMS + stream;
      if (i >= 0 && i < count) classes[i] = Number(value);
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
