/**
 * @file What the cells of an FPGA compute, as small tables: lookup tables, inverters, carries, wide multiplexers, and
 * flip-flops without enable as what they hold a clock cycle later. After the vendors' libraries of cells, as
 * Yosys has them in `xilinx/cells_sim.v` and `ice40/cells_sim.v`; the test holds each against those.
 */

import { fail } from "../../base/errors.ts";
import type { YosysBit, YosysModule } from "../netlist/yosys-json.ts";

/** One bit that a cell drives. */
export interface FpgaNode {
  /** The lowest address bit first. */
  readonly inputs: readonly YosysBit[];
  readonly output: YosysBit;
  /** Bit a is the output at address a. */
  readonly contents: bigint;
  /** Clock edges until the output shows it; 0 is combinational. */
  readonly delay: number;
}

export interface CellNodes {
  readonly nodes: readonly FpgaNode[];
  /** What moves its registers; undefined where there are none. */
  readonly clock?: YosysBit;
}

type Cell = YosysModule["cells"][string];

const SAME = 0b10n;
const NOT = 0b01n;
const XOR = 0b0110n;
const OR = 0b1110n;
/** Address d, r: r ? 0 : d. */
const CLEARED = 0b0010n;
/** Address s, c, d: s ? c : d. */
const CHOICE = 0b11011000n;
/** Address 0, 1, s: s ? 1 : 0. */
const MUX = 0b11001010n;
const MAJORITY = 0b11101000n;

/** @throws FemtoError `netlist.cell` for a cell that is none of these, or a register with an enable or an asynchronous reset */
export function cellNodes(cell: Cell, where: string): CellNodes {
  const { type } = cell;
  const pin = (name: string, index = 0): YosysBit => cell.connections[name]?.[index] ?? "x";
  const node = (output: YosysBit, contents: bigint, ...inputs: YosysBit[]): FpgaNode => {
    return { inputs, output, contents, delay: 0 };
  };
  const after = (delay: number, clock: YosysBit, contents: bigint, output: YosysBit, ...inputs: YosysBit[]) => {
    return { nodes: [{ inputs, output, contents, delay }], clock };
  };
  const lut = /^(?:LUT([1-6])|SB_LUT(4))$/.exec(type);
  if (lut !== null) {
    const inputs = Array.from({ length: Number(lut[1] ?? lut[2]) }, (_, k) => pin(`I${k}`));
    const init = cell.parameters[lut[1] === undefined ? "LUT_INIT" : "INIT"];
    return { nodes: [node(pin("O"), BigInt.asUintN(2 ** inputs.length, binary(init, where)), ...inputs)] };
  }
  if (type === "INV") return { nodes: [node(pin("O"), NOT, pin("I"))] };
  if (/^MUXF[789]$/.test(type)) return { nodes: [node(pin("O"), MUX, pin("I0"), pin("I1"), pin("S"))] };
  if (type === "SB_CARRY") return { nodes: [node(pin("CO"), MAJORITY, pin("I0"), pin("I1"), pin("CI"))] };
  if (type === "CARRY8" && !/DUAL/.test(String(cell.parameters.CARRY_TYPE))) {
    const nodes = Array.from({ length: 8 }, (_, k) => {
      const carry = k === 0 ? pin("CI") : pin("CO", k - 1);
      return [node(pin("O", k), XOR, pin("S", k), carry), node(pin("CO", k), CHOICE, pin("S", k), carry, pin("DI", k))];
    });
    return { nodes: nodes.flat() };
  }
  if (type === "SB_DFF") return after(1, pin("C"), SAME, pin("Q"), pin("D"));
  if (type === "SB_DFFSR") return after(1, pin("C"), CLEARED, pin("Q"), pin("D"), pin("R"));
  if (type === "SB_DFFSS") return after(1, pin("C"), OR, pin("Q"), pin("D"), pin("S"));
  const isPlain = !Object.entries(cell.parameters).some(
    ([name, value]) => /^IS_/.test(name) && /1/.test(String(value)),
  );
  if (isPlain && pin("CE") === "1") {
    if (type === "FDRE") return after(1, pin("C"), CLEARED, pin("Q"), pin("D"), pin("R"));
    if (type === "FDSE") return after(1, pin("C"), OR, pin("Q"), pin("D"), pin("S"));
  }
  const length = ["A0", "A1", "A2", "A3"].map((name) => pin(name));
  if (type === "SRL16E" && isPlain && pin("CE") === "1" && length.every((bit) => bit === "0" || bit === "1")) {
    return after(1 + Number.parseInt(length.reverse().join(""), 2), pin("CLK"), SAME, pin("Q"), pin("D"));
  }
  return fail({
    code: "netlist.cell",
    where,
    message: `the cell ${type} is not understood here`,
    expected: "lookup tables, carries, and flip-flops without enable or asynchronous reset",
  });
}

function binary(value: unknown, where: string): bigint {
  if (typeof value === "string" && /^[01]+$/.test(value)) return BigInt(`0b${value}`);
  return fail({
    code: "netlist.cell",
    where,
    message: "the contents of a lookup table are not known",
    got: `${value}`,
  });
}
