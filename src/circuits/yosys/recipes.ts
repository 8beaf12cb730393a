/** @file Scripts for Yosys: what each target needs, and the traps that each avoids. */

import type { Fabric } from "../verilog/index.ts";

/** A name as Yosys' scripts take it: public names begin with a backslash. */
export const scriptName = (name: string): string => `\\${name}`;

/** Reads the sources; what does not parse or is not driven ends the run with its place in the text. */
export const readAndCheck = (files: readonly string[], top: string): string[] => [
  ...files.map((file) => `read_verilog -sv ${file}`),
  `hierarchy -check -top ${scriptName(top)}`,
  // Optimising first can merge two drivers of one wire before `check` sees them.
  "proc -noopt",
  "check -assert",
  "opt_expr",
];

const statistics = (options = "") => `tee -o statistics.json stat -json${options}`;

export const targets = ["gates", "cells", "xilinx", "ice40"] as const;
export type Target = (typeof targets)[number];

export interface TargetOptions {
  /** Multipliers of the FPGA may be used; by default everything becomes LUTs. */
  readonly usesMultipliers?: boolean;
}

/** Steps after `readAndCheck` that map a design and count its cells; gates and cells are written as `netlist.json`. */
export function mapTo(target: Target, top: string, { usesMultipliers = false }: TargetOptions = {}): string[] {
  const name = scriptName(top);
  switch (target) {
    case "gates":
      return [
        `synth -top ${name} -flatten`,
        "abc -g AND,OR,XOR,MUX",
        "opt_clean",
        statistics(),
        "write_json netlist.json",
      ];
    case "cells":
      return [
        `synth -top ${name} -flatten`,
        // Flip-flops with reset or enable would stay unmapped: they become plain ones and gates first.
        "dfflegalize -cell $_DFF_P_ x",
        "dfflibmap -liberty femto.lib",
        "abc -liberty femto.lib",
        "opt_clean",
        statistics(" -liberty femto.lib"),
        "write_json netlist.json",
      ];
    case "xilinx":
      // Without -nowidelut LUTs are split into MUXF7 to 9, without -noclkbuf a BUFG appears.
      return [
        `synth_xilinx -family xcup -noiopad -noclkbuf -nowidelut${usesMultipliers ? "" : " -nodsp"} -flatten -top ${name}`,
        statistics(),
      ];
    case "ice40":
      return [`synth_ice40${usesMultipliers ? " -dsp" : ""} -top ${name}`, statistics()];
  }
}

/** The library of a fabric, so that a text can name its cells. */
export const readCells = (fabric: Fabric): string => `read_verilog -D ICE40_HX -lib -specify +/${fabric}/cells_sim.v`;

/** As `mapTo` after `readCells`: the first step of synthesis, which reads the library, would read it again. */
const mapRead = (fabric: Fabric, top: string): string[] =>
  mapTo(fabric, top).map((line) =>
    line
      .replace(/^synth_xilinx /, "synth_xilinx -run prepare: ")
      // ABC9 takes every lookup table of the text for a box of its own to be timed, and does not come back from thousands.
      .replace(/^synth_ice40 /, "synth_ice40 -noabc9 -run flatten: "),
  );

/**
 * Maps a text that names cells of the fabric, after `readCells`. Modules that stay apart keep their cells, nobody looks at
 * them once for each place where they are used, and the nets at their ports stay; counts are of each module by itself. The
 * netlist is flat.
 */
export const mapApart = (fabric: Fabric, top: string, apart: readonly string[]): string[] => {
  const names = apart.map(scriptName).join(" ");
  return [
    `setattr -mod -set keep_hierarchy 1 ${names}`,
    ...mapRead(fabric, top),
    `setattr -mod -unset keep_hierarchy ${names}`,
    "flatten",
    "opt_clean",
  ];
};

/**
 * Gates without optimisation by abc: quick, for holding many modules against their models. Multiplexers stay as wide as
 * they are, because a network of tables is nothing else, and modules are mapped before there are copies of them.
 */
export const quickGates = (tops: readonly string[]): string[] => [
  "proc",
  // Where a cell comes from would be copied to every gate of it.
  "attrmap -remove src",
  "opt_expr",
  "opt_clean",
  "simplemap t:* t:$mux %d",
  // Whole modules, because what a cell becomes must be mapped, too; those of multiplexers and gates alone are left out.
  "techmap t:* t:$mux %d t:$_* %d %m",
  "opt_clean",
  "flatten",
  "opt_clean -purge",
  `select ${tops.map(scriptName).join(" ")}`,
  "write_json -selected netlist.json",
];

/**
 * Two designs of one interface, `gold` and `gate`. No `prep` or `hierarchy -auto-top` before: they delete the module that
 * is not on top.
 */
export function readPair(gold: readonly string[], gate: readonly string[], goldTop: string, gateTop: string): string[] {
  const read = (files: readonly string[], top: string, name: string) => [
    ...files.map((file) => `read_verilog -sv ${file}`),
    `hierarchy -check -top ${scriptName(top)}`,
    "proc",
    "flatten",
    "opt_clean",
    `rename ${scriptName(top)} ${name}`,
    `design -stash ${name}`,
  ];
  return [
    ...read(gold, goldTop, "gold"),
    ...read(gate, gateTop, "gate"),
    "design -copy-from gold -as gold gold",
    "design -copy-from gate -as gate gate",
  ];
}

/** Proves two designs equal by structure and induction over `depth` cycles; the log says what stays unproven. */
export const proveByEquiv = (depth: number): string[] => [
  "equiv_make gold gate equal",
  "hierarchy -top equal",
  "opt -purge",
  `equiv_simple -undef -seq ${depth}`,
  `equiv_induct -undef -seq ${depth}`,
  "equiv_status",
];

/** Proves two combinational designs equal, or shows inputs for which they differ. */
export const proveBySat = (seconds: number): string[] => [
  "miter -equiv -flatten -make_outputs gold gate miter",
  "hierarchy -top miter",
  "opt_clean",
  `sat -timeout ${seconds} -prove trigger 0 -show-ports miter`,
];

/** For z3: one module, assertions kept, flip-flops clocked by the step. */
export const writeSmt = (files: readonly string[], top: string): string[] => [
  ...files.map((file) => `read_verilog -sv -formal ${file}`),
  `prep -top ${scriptName(top)} -flatten`,
  "async2sync",
  "formalff -clk2ff -ff2anyinit",
  "dffunmap",
  "write_smt2 -wires model.smt2",
];
