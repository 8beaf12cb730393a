/** @file The peers of bench/gates.ts: Icarus Verilog and Verilator on the scalar-wire netlist of the same unit. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataInputs, type Netlist, writeVerilog } from "../src/circuits/netlist/index.ts";

/** Values per input port. */
export type Values = Readonly<Record<string, Int32Array>>;

export const isInstalled = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

export const version = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8" }).split("\n")[0]!;

/** A folder that is gone when the bench ends. */
function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `femto-${name}-`));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Milliseconds of processor time and the output of a program. */
function timed(program: string, args: readonly string[]): { milliseconds: number; output: string } {
  // The shell's `times` ends with the user and system time of its children.
  const output = execFileSync("sh", ["-c", '"$@"; times', "sh", program, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const lines = output.trimEnd().split("\n");
  const milliseconds = [...lines.at(-1)!.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
    0,
  );
  return { milliseconds, output: lines.slice(0, -2).join("\n") };
}

const widthOf = (netlist: Netlist, name: string) => netlist.ports.find((port) => port.name === name)!.nets.length;

const unsigned = (value: number, bits: number): number => (bits === 32 ? value >>> 0 : value & (2 ** bits - 1));

/** The unit-delay netlist in Icarus with a counter on every gate's output; the first vector settles uncounted. */
export function icarus(netlist: Netlist, values: Values, count: number) {
  const folder = temporaryFolder("icarus");
  const ports = dataInputs(netlist);
  const nets = netlist.gates.map(({ output }) => output);
  for (const { name, nets: bits } of ports) {
    const lines = Array.from(values[name]!.subarray(0, count), (value) => unsigned(value, bits.length).toString(16));
    writeFileSync(join(folder, `${name}.hex`), lines.join("\n"));
  }
  const apply = (index: string) => ports.map(({ name }) => `${name} = ${name}_memory[${index}];`).join(" ");
  const bench = `\`timescale 1ns/1ns
module tb;
${ports.map(({ name, nets: bits }) => `  reg [${bits.length - 1}:0] ${name}, ${name}_memory [0:${count - 1}];`).join("\n")}
  integer i;
  dut dut (${ports.map(({ name }) => `.${name}(${name})`).join(", ")});
${nets.map((net) => `  integer c${net} = 0; always @(dut.n${net}) c${net} = c${net} + 1;`).join("\n")}
  initial begin
${ports.map(({ name }) => `    $readmemh("${join(folder, `${name}.hex`)}", ${name}_memory);`).join("\n")}
    ${apply("0")} #1000;
${nets.map((net) => `    c${net} = 0;`).join("\n")}
    for (i = 1; i < ${count}; i = i + 1) begin ${apply("i")} #100; end
${nets.map((net) => `    $display("%0d", c${net});`).join("\n")}
    $finish(0);
  end
endmodule
`;
  const [design, testbench, program] = ["dut.v", "tb.v", "tb"].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  writeFileSync(design, `\`timescale 1ns/1ns\n${writeVerilog(netlist, { module: "dut", hasUnitDelay: true })}`);
  writeFileSync(testbench, bench);
  execFileSync("iverilog", ["-g2005", "-o", program, design, testbench]);
  return {
    /** Toggles of the gates' outputs in their order. */
    run(): { milliseconds: number; toggles: number[] } {
      const { milliseconds, output } = timed("vvp", ["-n", program]);
      return { milliseconds, toggles: output.split("\n").map(Number) };
    },
  };
}

/** The netlist without delays in Verilator: vectors from memory, outputs added up; with or without a VCD trace. */
export function verilator(netlist: Netlist, hasTrace: boolean) {
  const folder = temporaryFolder("verilator");
  const ports = dataInputs(netlist);
  const mask = (name: string) => `0x${(2 ** widthOf(netlist, name) - 1).toString(16)}u`;
  // xorshift32: cheap beside an evaluation, and the same work for every round.
  const main = `#include "Vdut.h"
#include "verilated.h"
${hasTrace ? '#include "verilated_vcd_c.h"' : ""}
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>
int main(int argc, char **argv) {
  const long count = atol(argv[1]);
  Verilated::traceEverOn(${hasTrace});
  Vdut dut;
  ${hasTrace ? `VerilatedVcdC trace; dut.trace(&trace, 99); trace.open("${join(folder, "dut.vcd")}");` : ""}
  unsigned state = 2463534242u, sum = 0;
  auto draw = [&] { state ^= state << 13; state ^= state >> 17; state ^= state << 5; return state; };
  ${ports.map(({ name }) => `std::vector<unsigned> ${name}(count); for (auto &x : ${name}) x = draw() & ${mask(name)};`).join("\n  ")}
  const clock_t start = clock();
  for (long i = 0; i < count; i++) {
    ${ports.map(({ name }) => `dut.${name} = ${name}[i];`).join(" ")}
    dut.eval();
    sum += dut.o;
    ${hasTrace ? "trace.dump((uint64_t)i);" : ""}
  }
  ${hasTrace ? "trace.close();" : ""}
  printf("%f %u\\n", 1e3 * (clock() - start) / CLOCKS_PER_SEC, sum);
}
`;
  writeFileSync(join(folder, "dut.v"), writeVerilog(netlist, { module: "dut" }));
  writeFileSync(join(folder, "main.cpp"), main);
  execFileSync(
    "verilator",
    [
      "--cc",
      "--exe",
      "--build",
      "-O3",
      "-Wno-lint",
      "-CFLAGS",
      "-O3 -march=native",
      ...(hasTrace ? ["--trace"] : []),
      "dut.v",
      "main.cpp",
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
  );
  return {
    /** Milliseconds of processor time for `count` vectors, without start-up. */
    run(count: number): number {
      const output = execFileSync(join(folder, "obj_dir", "Vdut"), [String(count)], { encoding: "utf8" });
      return Number(output.split(" ")[0]);
    },
  };
}
