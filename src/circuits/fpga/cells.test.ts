/** @file Cells as tables are what the fabrics' own libraries, made into gates by Yosys, say. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Rng } from "../../base/rng.ts";
import { NetlistMachine } from "../equivalence/netlist-machine.ts";
import { readYosysNetlist } from "../netlist/read-yosys.ts";
import type { Fabric } from "../verilog/index.ts";
import { quickGates, readCells } from "../yosys/recipes.ts";
import { Yosys } from "../yosys/yosys.ts";
import { readFpgaNetlist } from "./netlist.ts";
import { runFpgaNetlist } from "./run.ts";

const yosys = new Yosys();
afterAll(() => yosys.close(), 60_000);

const luts = [1, 2, 3, 4, 5, 6].map((n) => {
  const pins = Array.from({ length: n }, (_, k) => `.I${k}(a[${k + 3}])`).join(", ");
  const init = BigInt.asUintN(2 ** n, 0x9d3c_61e8_47b2_a5f1n >> BigInt(n)).toString(16);
  return `LUT${n} #(.INIT(${2 ** n}'h${init})) lut${n} (.O(lut_o[${n - 1}]), ${pins});`;
});

const texts: Readonly<Record<Fabric, { readonly outputs: Readonly<Record<string, number>>; readonly body: string }>> = {
  xilinx: {
    outputs: { lut_o: 6, mux_o: 3, sum_o: 8, carry_o: 8, late_o: 1, later_o: 1, last_o: 1, clear_o: 1, set_o: 1 },
    body: `${luts.join("\n")}
      MUXF7 m7 (.O(mux_o[0]), .I0(a[0]), .I1(a[1]), .S(a[2]));
      MUXF8 m8 (.O(mux_o[1]), .I0(a[3]), .I1(a[4]), .S(a[5]));
      INV inv (.O(mux_o[2]), .I(a[6]));
      CARRY8 #(.CARRY_TYPE("SINGLE_CY8")) c (.O(sum_o), .CO(carry_o), .CI(a[16]), .CI_TOP(1'b0), .DI(a[7:0]), .S(a[15:8]));
      FDRE f (.Q(late_o), .C(clk_i), .CE(1'b1), .D(a[0]), .R(1'b0));
      FDRE g (.Q(later_o), .C(clk_i), .CE(1'b1), .D(late_o), .R(1'b0));
      FDRE h (.Q(clear_o), .C(clk_i), .CE(1'b1), .D(a[2]), .R(a[3]));
      FDSE i (.Q(set_o), .C(clk_i), .CE(1'b1), .D(a[4]), .S(a[5]));
      SRL16E s (.Q(last_o), .A0(1'b0), .A1(1'b1), .A2(1'b0), .A3(1'b0), .CE(1'b1), .CLK(clk_i), .D(a[1]));`,
  },
  ice40: {
    outputs: { lut_o: 1, carry_o: 1, late_o: 1, clear_o: 1, set_o: 1 },
    body: `SB_LUT4 #(.LUT_INIT(16'h9d3c)) l (.O(lut_o), .I0(a[0]), .I1(a[1]), .I2(a[2]), .I3(a[3]));
      SB_CARRY c (.CO(carry_o), .I0(a[4]), .I1(a[5]), .CI(a[6]));
      SB_DFF f (.Q(late_o), .C(clk_i), .D(a[7]));
      SB_DFFSR h (.Q(clear_o), .C(clk_i), .D(a[8]), .R(a[9]));
      SB_DFFSS i (.Q(set_o), .C(clk_i), .D(a[10]), .S(a[11]));`,
  },
};

/** Of a fabric's library the cells above: those of iCE40 have a memory among them that takes Yosys for ever. */
function libraryOf(fabric: Fabric): string {
  const entry = createRequire(import.meta.url).resolve("@yowasp/yosys");
  const text = readFileSync(join(entry, `../share/${fabric}/cells_sim.v`), "utf8");
  const used = new Set(texts[fabric].body.match(/\b(LUT\d|MUXF\d|INV|CARRY8|FD[RS]E|SRL16E|SB_\w+)\b/g));
  const modules = [...text.matchAll(/^module (\w+)[\s\S]*?^endmodule/gm)].filter(([, name]) => used.has(name!));
  return [text.slice(0, text.search(/^module /m)), ...modules.map(([whole]) => whole)].join("\n");
}

const INPUTS = 17;
const STREAMS = 512;
const CYCLES = 8;

test.each(["xilinx", "ice40"] as const)(
  "%s: every cell as in the library, on random values",
  async (fabric) => {
    const { outputs, body } = texts[fabric];
    const ports = Object.entries(outputs).map(([name, width]) => `output wire [${width - 1}:0] ${name}`);
    const text = `module t (input wire clk_i, input wire [${INPUTS - 1}:0] a, ${ports.join(", ")});\n${body}\nendmodule\n`;
    const { files } = await yosys.run({
      step: "cells",
      script: [
        readCells(fabric),
        "read_verilog -sv t.v",
        "hierarchy -check -top t",
        "blackbox =A:whitebox",
        "select t",
        "write_json -selected cells.json",
        "select -clear",
        "techmap -autoproc -map library.v",
        ...quickGates(["t"]),
      ],
      sources: [{ file: "t.v", text }],
      files: { "library.v": libraryOf(fabric) },
      outputs: ["cells.json", "netlist.json"],
    });
    const mapped = readFpgaNetlist(files["cells.json"]!, "t");
    const machine = new NetlistMachine(readYosysNetlist(files["netlist.json"]!, { module: "t" }), STREAMS);
    const random = new Rng(1);
    const given = Array.from({ length: CYCLES }, () =>
      Array.from({ length: STREAMS }, () => BigInt(random.below(2 ** INPUTS))),
    );
    const got = given.map((a) => machine.step({ a }));
    for (const name of Object.keys(outputs)) {
      const latency = mapped.latencyOf(mapped.bitsOf(name)![0]!)!;
      expect(latency).toBe({ late_o: 1, clear_o: 1, set_o: 1, later_o: 2, last_o: 3 }[name] ?? 0);
      for (let cycle = latency; cycle < CYCLES; cycle++) {
        const bits = (i: number) =>
          Uint8Array.from({ length: INPUTS }, (_, b) => Number((given[cycle - latency]![i]! >> BigInt(b)) & 1n));
        const expected = runFpgaNetlist(mapped, { input: "a", output: name }, STREAMS, bits);
        expect(got[cycle]![name]!.map(Number)).toEqual([...expected]);
      }
    }
  },
  300_000,
);

const bit = (value: number) => [value];
const cell = (type: string, connections: Record<string, (number | string)[]>, parameters = {}) => {
  return { type, connections, parameters };
};
const moduleOf = (cells: Record<string, unknown>) => ({
  modules: {
    t: {
      ports: {
        clk_i: { direction: "input", bits: bit(2) },
        a: { direction: "input", bits: [3, 4] },
        y: { direction: "output", bits: bit(5) },
      },
      cells,
    },
  },
});
const register = (q: number, d: number, clock = 2) => cell("SB_DFF", { C: bit(clock), D: bit(d), Q: bit(q) });
const and = (o: number, ...pins: (number | string)[]) =>
  cell("LUT2", { I0: [pins[0]!], I1: [pins[1]!], O: bit(o) }, { INIT: "1000" });

test.each([
  [
    "a register with an asynchronous reset",
    { f: cell("SB_DFFR", { C: bit(2), D: bit(3), R: bit(4), Q: bit(5) }) },
    "netlist.cell",
  ],
  ["ways of different length", { f: register(6, 3), l: and(5, 6, 4) }, "netlist.latency"],
  ["a loop through a register", { f: register(6, 5), l: and(5, 6, 4) }, "netlist.loop"],
  ["two drivers", { l: and(5, 3, 4), m: and(5, 4, 3) }, "netlist.driven-twice"],
  ["two clocks", { f: register(6, 3), g: register(5, 6, 4) }, "netlist.clock"],
  ["a pin that is not connected", { l: and(5, 3, "x") }, "netlist.undefined-bit"],
])("%s is refused", (_, cells, code) => {
  expect(() => readFpgaNetlist(moduleOf(cells), "t")).toThrow(expect.objectContaining({ code }));
});
