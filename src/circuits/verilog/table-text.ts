/**
 * @file A table as Verilog text: plain logic, or the lookup tables of an FPGA, which synthesis takes over as they stand.
 * Tables of more than four inputs become several on iCE40, by Shannon's expansion.
 */

import { fail } from "../../base/errors.ts";
import { identifier } from "./names.ts";
import { ShannonExpansion } from "./shannon.ts";
import { literal } from "./text.ts";

/** FPGAs whose lookup tables are known: six inputs on `xilinx`, four on `ice40`. */
export type Fabric = "xilinx" | "ice40";

/** The most inputs of one lookup table. */
export const tableInputs = { xilinx: 6, ice40: 4 } as const satisfies Record<Fabric, number>;

export interface TableText {
  readonly output: string;
  /** Bit a is the value at address a. */
  readonly contents: bigint;
  /** Text of each bit of the address, the lowest first. */
  readonly inputs: readonly string[];
}

/** @param free a name for a signal or cell that nothing else has, from the wish */
export function tableText(table: TableText, free: (wish: string) => string, fabric?: Fabric): string[] {
  if (fabric === undefined) return halvingText(table, free);
  if (fabric === "xilinx") return [xilinxText(table, free)];
  return new ShannonExpansion(table, free).lines;
}

/**
 * The inputs, last first, halve what is left of the contents. To synthesis this is the same as `TABLE[{…}]`, but Yosys works
 * on a bit-select of every different constant by itself: for 300 tables 44 s instead of 8.
 */
function halvingText({ output, contents, inputs }: TableText, free: (wish: string) => string): string[] {
  const lines: string[] = [];
  let rest: (high: number, low: number) => string = (high, low) =>
    literal(BigInt.asUintN(high - low + 1, contents >> BigInt(low)), high - low + 1, false);
  for (let k = inputs.length - 1; k >= 0; k--) {
    const half = 2 ** k;
    const halved = `${inputs[k]} ? ${rest(2 * half - 1, half)} : ${rest(half - 1, 0)}`;
    if (k === 0) lines.push(`assign ${identifier(output)} = ${halved};`);
    else {
      const name = free(`${output}_${half}`);
      lines.push(`wire [${half - 1}:0] ${name} = ${halved};`);
      rest = (high, low) => (high === low ? `${name}[${high}]` : `${name}[${high}:${low}]`);
    }
  }
  return lines;
}

function xilinxText({ output, contents, inputs }: TableText, free: (wish: string) => string): string {
  const n = inputs.length;
  if (n > tableInputs.xilinx) {
    fail({
      code: "circuits.table",
      where: output,
      message: "a table has more inputs than a lookup table of the FPGA",
      expected: `at most ${tableInputs.xilinx}`,
      got: `${n}`,
      hint: "let synthesis split it",
    });
  }
  const pins = inputs.map((input, k) => `.I${k}(${input})`).join(", ");
  const init = `${2 ** n}'h${contents.toString(16)}`;
  return `LUT${n} #(.INIT(${init})) ${free(`table_${output}`)} (.O(${identifier(output)}), ${pins});`;
}
