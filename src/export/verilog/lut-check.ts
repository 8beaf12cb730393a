/**
 * @file A lookup-table circuit after synthesis: what it costs on an FPGA with and without the encoder, whether it answers
 * every given sample as the network does, and whether it is proved to be the network.
 */

import { type Circuit, designOf, type FpgaCounts, runFpgaNetlist, type Yosys } from "../../circuits/index.ts";
import type { Fabric } from "../../circuits/verilog/index.ts";
import { type Progress, silent } from "../lut/progress.ts";
import type { LutCircuit } from "./lut-network.ts";
import { type LutProof, proveLutCircuit } from "./lut-proof.ts";
import { type Mapped, type MappedApart, mapKept, mapToFpga } from "./mapped.ts";

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
  /** Lookup tables of the core by what they are for; undefined where tables are not kept. */
  readonly parts: CoreParts | undefined;
  /** The mapped netlist, cell by cell, on the samples; undefined without samples. */
  readonly check: SampleCheck | undefined;
  /** The mapped netlist, with the encoder where there is one, against the network. Undefined where tables are not kept. */
  readonly proof: LutProof | undefined;
  /** Of mapping and what follows, or of reading what an earlier run left. */
  readonly seconds: number;
}

/** Lookup tables of the parts that were kept, and the others. */
export interface CoreParts {
  readonly tables: number;
  readonly counters: number;
  /** What is left. */
  readonly argmax: number;
}

export interface LutSynthesisOptions {
  /** Raw bytes with the classes that the network gives them. */
  readonly test?: { readonly samples: Uint8Array; readonly classes: ArrayLike<number> };
  /**
   * Tables and counters are given as lookup tables of the fabric and stay what they are: the rest maps quickly, and the
   * mapped circuit can be cut and proved.
   */
  readonly keepsTables?: boolean;
  readonly progress?: Progress;
}

/** @throws FemtoError `circuits.*` where Yosys refuses the text, or a table has too many inputs to be kept */
export async function synthesiseLutCircuit(
  yosys: Yosys,
  made: LutCircuit,
  target: Fabric,
  { test, keepsTables = false, progress = silent }: LutSynthesisOptions = {},
): Promise<LutSynthesis> {
  const start = performance.now();
  const { best, core, whole, parts } = await (keepsTables ? kept : free)(yosys, made, target);
  const hasSamples = test !== undefined && whole !== undefined;
  if (hasSamples) progress(`${test.classes.length} samples on the mapped cells`);
  const check = hasSamples ? checkSamples(best, test) : undefined;
  const { latency } = made.circuit ?? made.core;
  const proof = keepsTables ? proveLutCircuit(best.netlist, made.netlist, latency, progress) : undefined;
  const seconds = (performance.now() - start) / 1000;
  return { target, engine: best.engine, core, whole, parts, check, proof, seconds };
}

interface Counted extends Pick<LutSynthesis, "core" | "whole" | "parts"> {
  /** With the encoder where there is one. */
  readonly best: Mapped;
}

/** Core and whole are mapped each by itself: in the whole the encoder may be part of what reads it. */
async function free(yosys: Yosys, { circuit, core }: LutCircuit, target: Fabric): Promise<Counted> {
  const map = (of: Circuit): Promise<Mapped> => mapToFpga(yosys, designOf(of), target);
  const mappedCore = await map(core);
  const mapped = circuit === undefined ? undefined : await map(circuit);
  return { best: mapped ?? mappedCore, core: mappedCore.counts, whole: mapped?.counts, parts: undefined };
}

/** Everything is mapped once: the core is a module of its own in the whole, too, and so are its tables and counters. */
async function kept(yosys: Yosys, { circuit, core, modules, netlist }: LutCircuit, target: Fabric): Promise<Counted> {
  const { tables, counter } = modules;
  const apart = [tables, counter, ...(circuit === undefined ? [] : [core.name])];
  const best: MappedApart = await mapKept(yosys, designOf(circuit ?? core, target), target, apart);
  const counts = best.countsOf(core.name);
  const parts = {
    tables: best.countsOf(tables).lut,
    counters: netlist.groups.length * best.countsOf(counter).lut,
  };
  const argmax = counts.lut - parts.tables - parts.counters;
  return { best, core: counts, whole: circuit && best.counts, parts: { ...parts, argmax } };
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

/** Bits of sample i as `sample_i` has them: a byte after the other, each from its lowest bit. */
const bitsOf = (samples: Uint8Array, features: number) => (i: number) => {
  const bits = new Uint8Array(8 * features);
  for (let b = 0; b < bits.length; b++) bits[b] = (samples[i * features + (b >> 3)]! >> (b & 7)) & 1;
  return bits;
};
