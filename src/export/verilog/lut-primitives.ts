/**
 * @file The tables of a circuit as the lookup tables that a Xilinx fabric has, `LUT2` to `LUT6`, one each, under the names
 * that they have in the text. A table of six inputs can become nothing smaller, so that mapping need not look at it, and
 * the mapped circuit can be proved equal table by table.
 */

import { fail } from "../../base/errors.ts";
import type { Design } from "../../circuits/index.ts";
import { type LutNetlist, type Signal, type SignalLiteral, signalOf } from "../../engine/bits/netlist.ts";
import { contentsOf } from "./lut-tables.ts";

const MOST_INPUTS = 6;

/**
 * The design of a combinational circuit with the module `NAME_tables` exchanged.
 * @throws FemtoError `export.primitive` where a table has more than six inputs
 */
export function withPrimitives({ top, sources }: Design, netlist: LutNetlist, name: string): Design {
  const wide = netlist.luts.find(({ inputs }) => inputs.length > MOST_INPUTS);
  if (wide !== undefined) {
    fail({
      code: "export.primitive",
      where: "lookup-table network",
      message: "a table has more inputs than a lookup table of the FPGA",
      expected: `at most ${MOST_INPUTS}`,
      got: `${wide.inputs.length}`,
      hint: "let synthesis split it",
    });
  }
  const file = `${name}_tables.v`;
  const text = primitivesText(netlist, `${name}_tables`);
  return { top, sources: sources.map((source) => (source.file === file ? { file, text } : source)) };
}

function primitivesText({ bits, luts, groups }: LutNetlist, module: string): string {
  const first = bits.length + 1;
  const wire = (signal: Signal): string => (signal < first ? `code_i[${signal - 1}]` : `y${signal}`);
  const literal = (of: SignalLiteral): string =>
    signalOf(of) === 0 ? `1'b${of}` : `${(of & 1) === 1 ? "~" : ""}${wire(signalOf(of))}`;
  const counted = groups.map((group) => group.filter((of) => of !== 0));
  const width = Math.max(1, ...counted.map(({ length }) => length));
  const outputs = counted.map((_, k) => `  output wire [${width - 1}:0] group${k}_o`);
  const tables = luts.flatMap((lut, index) => {
    const n = lut.inputs.length;
    const pins = lut.inputs.map((input, k) => `.I${k}(${wire(input)})`).join(", ");
    const contents = `${2 ** n}'h${contentsOf(lut).toString(16)}`;
    const y = first + index;
    return [`  wire y${y};`, `  LUT${n} #(.INIT(${contents})) table${y} (.O(y${y}), ${pins});`];
  });
  const sums = counted.map((group, k) => {
    const zeros = Array.from({ length: width - group.length }, () => "1'b0");
    return `  assign group${k}_o = {${[...zeros, ...group.map(literal).reverse()].join(", ")}};`;
  });
  const ports = [`  input wire [${bits.length - 1}:0] code_i`, ...outputs].join(",\n");
  return `module ${module} (\n${ports}\n);\n${[...tables, ...sums].join("\n")}\nendmodule\n`;
}
