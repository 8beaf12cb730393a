/**
 * @file Runs a testbench's vectors in Verilator: the design compiled to C++, driven cycle by cycle from the same vector file. The
 * Verilog testbench itself has delays, which Verilator 5.006 does not simulate rightly.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Circuit } from "../circuit.ts";
import { warmupOf } from "../compare.ts";
import type { Testbench } from "../testbench.ts";
import type { Signal } from "../verilog/index.ts";
import type { SimulationResult } from "./icarus.ts";
import { runTool } from "./tools.ts";

/**
 * Compiles the design once and applies the vectors of every testbench. Names of ports must be plain identifiers of both languages.
 * @throws FemtoError `circuits.tool`
 */
export function simulateWithVerilator(
  files: readonly { readonly file: string; readonly text: string }[],
  circuit: Circuit,
  benches: readonly Testbench[],
): SimulationResult[] {
  const folder = mkdtempSync(join(tmpdir(), "femto-verilator-"));
  try {
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, "main.cpp"), driver(circuit));
    const sources = files.map(({ file }) => file);
    // Vectors are few: compiling takes far longer than running, so nothing is optimised.
    const options = ["--cc", "--exe", "--build", "-Wno-fatal", "-O0", "-CFLAGS", "-O0", "-MAKEFLAGS", "OPT_FAST=-O0"];
    const names = ["--prefix", "Dut", "--top-module", circuit.top.name, "-o", "bench"];
    runTool("verilator", [...options, ...names, ...sources, "main.cpp"], folder);
    return benches.map(({ module, vectorFile, vectors }) => {
      writeFileSync(join(folder, vectorFile), vectors);
      const lines = runTool("./obj_dir/bench", [vectorFile], folder).trim().split("\n");
      return { module, passed: lines.some((line) => line.startsWith("PASS ")), lines };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Assigns or reads a port of any width: integers up to 64 bits, words of 32 beyond. */
function access({ name, width }: Signal, from: number): { write: string; differs: string } {
  const words = Math.ceil(width / 32);
  const bits = (word: number) => `bits(v, ${from + 32 * word}, ${Math.min(32, width - 32 * word)})`;
  if (width > 64) {
    const each = Array.from({ length: words }, (_, word) => word);
    return {
      write: each.map((word) => `dut.${name}[${word}] = ${bits(word)};`).join(" "),
      differs: each.map((word) => `dut.${name}[${word}] != ${bits(word)}`).join(" || "),
    };
  }
  const whole = words === 1 ? bits(0) : `(${bits(0)} | (uint64_t(${bits(1)}) << 32))`;
  return { write: `dut.${name} = ${whole};`, differs: `uint64_t(dut.${name}) != ${whole}` };
}

function driver(circuit: Circuit): string {
  const { top, name } = circuit;
  const clock = top.clocking?.clock;
  const inputs = top.ports.filter((port) => port.role === "input" && port.name !== clock);
  const outputs = top.ports.filter(({ role }) => role === "output");
  // The first port of a vector stands in its highest bits.
  const ports = new Map<string, ReturnType<typeof access>>();
  let from = 0;
  for (const port of [...inputs, ...outputs].reverse()) {
    ports.set(port.name, access(port, from));
    from += port.width;
  }
  const edge = clock === undefined ? "" : `dut.${clock} = 1; dut.eval(); dut.${clock} = 0; dut.eval();`;
  return `#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>
#include "Dut.h"
typedef std::vector<uint32_t> Vector;
static Vector parse(const std::string& line) {
  Vector v(${Math.ceil(from / 32) + 1}, 0);
  for (size_t i = 0; i < line.size(); i++) {
    size_t bit = 4 * (line.size() - 1 - i);
    v[bit / 32] |= uint32_t(std::stoi(line.substr(i, 1), nullptr, 16)) << (bit % 32);
  }
  return v;
}
static uint32_t bits(const Vector& v, size_t at, size_t width) {
  uint64_t two = v[at / 32] | (uint64_t(at / 32 + 1 < v.size() ? v[at / 32 + 1] : 0) << 32);
  return uint32_t((two >> (at % 32)) & ((uint64_t(1) << width) - 1));
}
int main(int, char** arguments) {
  Dut dut;
  std::ifstream file(arguments[1]);
  std::string line;
  long cycle = 0, errors = 0;
  for (; std::getline(file, line); cycle++) {
    const Vector v = parse(line);
    ${inputs.map((port) => ports.get(port.name)!.write).join("\n    ")}
    dut.eval();
    if (cycle >= ${warmupOf(circuit)} && (${outputs.map((port) => ports.get(port.name)!.differs).join(" || ")})) {
      if (++errors <= 10) std::printf("DIFF ${name} cycle %ld\\n", cycle);
    }
    ${edge}
  }
  if (errors == 0) std::printf("PASS ${name} %ld\\n", cycle);
  else std::printf("FAIL ${name} %ld of %ld\\n", errors, cycle);
  return 0;
}
`;
}
