/** @file The commands: the table of contents. A command's file is loaded when it is called. */

import type { Command } from "../command.ts";

export interface Entry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

export const entries: readonly Entry[] = [
  {
    name: "start",
    summary: "the main job: LeNet-5 on handwritten digits learns its bit-widths",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "optimize",
    summary: "trains a model of yours for less energy on a machine of yours",
    load: async () => (await import("./optimize.ts")).optimize,
  },
  {
    name: "reproduce",
    summary: "runs a paper's experiments and prints its figures beside ours",
    load: async () => (await import("./reproduce.ts")).reproduce,
  },
  {
    name: "energy",
    summary: "what a model costs on a machine, layer by layer, without training",
    load: async () => (await import("./energy.ts")).energy,
  },
  {
    name: "explain",
    summary: "the chain behind a figure of an energy report",
    load: async () => (await import("./explain.ts")).explain,
  },
  {
    name: "twin",
    summary: "a spiking network against its quantised twin",
    load: async () => (await import("./twin.ts")).twin,
  },
  {
    name: "inspect",
    summary: "what an ONNX file contains, and the work of each layer",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  {
    name: "export",
    summary: "writes a quantised model in another form",
    load: async () => (await import("./export.ts")).exportModel,
  },
  {
    name: "data list",
    summary: "the data sets that Femto knows, and which are on this machine",
    load: async () => (await import("./data-list.ts")).dataList,
  },
  {
    name: "data fetch",
    summary: "downloads a data set and verifies its checksum",
    load: async () => (await import("./data-fetch.ts")).dataFetch,
  },
  {
    name: "machines list",
    summary: "the machines that Femto brings along",
    load: async () => (await import("./machines-list.ts")).machinesList,
  },
  {
    name: "machines show",
    summary: "the file of a machine, to read or to start your own from",
    load: async () => (await import("./machines-show.ts")).machinesShow,
  },
  {
    name: "machines check",
    summary: "is a machine file sound, and what should its reader know",
    load: async () => (await import("./machines-check.ts")).machinesCheck,
  },
  {
    name: "machines import",
    summary: "a hardware description of ZigZag, Timeloop or SCALE-Sim as a machine file",
    load: async () => (await import("./machines-import.ts")).machinesImport,
  },
  {
    name: "machines fit",
    summary: "prices of a machine from measured energies or a power trace",
    load: async () => (await import("./machines-fit.ts")).machinesFit,
  },
  {
    name: "circuit emit",
    summary: "a generated circuit as Verilog, with a testbench",
    load: async () => (await import("./circuit-emit.ts")).circuitEmit,
  },
  {
    name: "circuit check",
    summary: "is a circuit what its model says, are two circuits equal",
    load: async () => (await import("./circuit-check.ts")).circuitCheck,
  },
  {
    name: "circuit synth",
    summary: "how many gates, cells or lookup tables a circuit takes",
    load: async () => (await import("./circuit-synth.ts")).circuitSynth,
  },
  {
    name: "circuit simulate",
    summary: "a circuit under vectors, gate by gate: what switches",
    load: async () => (await import("./circuit-simulate.ts")).circuitSimulate,
  },
  {
    name: "circuit power",
    summary: "modelled energy of a circuit under vectors",
    load: async () => (await import("./circuit-power.ts")).circuitPower,
  },
  {
    name: "circuit delays",
    summary: "how long a multiply-accumulate takes with each weight, and at which supply",
    load: async () => (await import("./circuit-delays.ts")).circuitDelays,
  },
  {
    name: "circuit table",
    summary: "a machine file that prices a multiply-accumulate by the weight in it",
    load: async () => (await import("./circuit-table.ts")).circuitTable,
  },
];
