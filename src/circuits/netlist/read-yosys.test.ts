import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { singleStream } from "../equivalence/netlist-machine.ts";
import { flipFlopCell } from "./cells.ts";
import { countKinds } from "./netlist.ts";
import { readYosysNetlist } from "./read-yosys.ts";

const golden = (name: string) =>
  readFileSync(new URL(`../../../golden/gate-netlists/${name}.json`, import.meta.url), "utf8");

/** A module of one AND gate, changed by `change`. */
function file(change: (module: ReturnType<typeof plainModule>) => void = () => {}) {
  const module = plainModule();
  change(module);
  return { modules: { top: module } };
}

function plainModule() {
  return {
    attributes: {} as Record<string, unknown>,
    ports: {
      a: { direction: "input", bits: [2] as (number | string)[] },
      b: { direction: "input", bits: [3] as (number | string)[] },
      y: { direction: "output", bits: [4] as (number | string)[] },
    } as Record<string, { direction: string; bits: (number | string)[] }>,
    cells: {
      g: { type: "$_AND_", connections: { A: [2], B: [3], Y: [4] } as Record<string, (number | string)[]> },
    } as Record<string, { type: string; connections: Record<string, (number | string)[]> }>,
    netnames: {} as Record<string, unknown>,
  };
}

function errorOf(json: unknown): FemtoError {
  try {
    readYosysNetlist(json);
  } catch (error) {
    if (error instanceof FemtoError) return error;
    throw error;
  }
  throw new Error("no error");
}

test("a counter with enable and synchronous reset", () => {
  const counter = readYosysNetlist(golden("counter"));
  expect(counter.name).toBe("counter");
  expect(countKinds(counter)).toEqual({ XOR: 7, AND: 6, NOT: 1 });
  expect(counter.clock).toEqual({ port: "clk", edge: "rising" });
  expect(counter.flipFlops).toHaveLength(8);
  const net = (name: string) => counter.netNames.indexOf(name);
  expect(counter.flipFlops.find(({ q }) => q === net("q[0]"))).toMatchObject({
    enable: { net: net("en"), active: 1 },
    reset: { net: net("rst"), active: 1, value: 0, overEnable: true },
  });
});

test("a wide multiplexer is one for each bit", () => {
  const netlist = readYosysNetlist(
    file(({ ports, cells }) => {
      ports.a!.bits = [2, 5];
      ports.y!.bits = [4, 6];
      cells.g = { type: "$mux", connections: { A: [2, "1"], B: ["0", 5], S: [3], Y: [4, 6] } };
    }),
  );
  const machine = singleStream(netlist);
  for (let a = 0n; a < 4n; a++) {
    expect(machine.step({ a, b: 0n }).y).toBe((a & 1n) | 2n);
    expect(machine.step({ a, b: 1n }).y).toBe(a & 2n);
  }
});

test("the same counter in Femto's cell library", () => {
  const counter = readYosysNetlist(golden("counter-own"));
  expect(counter.flipFlops.every(({ enable, reset }) => enable === undefined && reset === undefined)).toBe(true);
  expect(countKinds(counter)).toEqual({ NOR: 15, AND: 7, OR: 6, NAND: 1, XOR: 1 });
});

test("cell types of flip-flops", () => {
  expect(flipFlopCell("$_DFF_N_")).toEqual({ edge: "falling" });
  expect(flipFlopCell("$_DFFE_PN_")).toEqual({ edge: "rising", enable: 0 });
  const reset = { active: 0, value: 1, overEnable: true };
  expect(flipFlopCell("$_SDFF_PN1_")).toEqual({ edge: "rising", reset });
  expect(flipFlopCell("$_SDFFE_PN1P_")).toEqual({ edge: "rising", reset, enable: 1 });
  expect(flipFlopCell("$_SDFFCE_PN1P_")).toEqual({ edge: "rising", reset: { ...reset, overEnable: false }, enable: 1 });
  for (const type of ["$_DFF_PP0_", "$_SDFF_PN1P_", "$_SDFFE_PN1_", "$_FF_"])
    expect(flipFlopCell(type)).toBeUndefined();
});

test("initial values come from the init attribute", () => {
  const json = file((module) => {
    module.ports.clk = { direction: "input", bits: [5] };
    module.cells.f = { type: "$_DFF_P_", connections: { D: [4], C: [5], Q: [6] } };
    module.netnames.state = { bits: [4, 6], attributes: { init: "1x" } };
  });
  expect(readYosysNetlist(json).flipFlops[0]!.initial).toBe(1);
});

test("constants are nets 0 and 1; a module asked for by name is found", () => {
  const json = file((module) => {
    module.cells.g!.connections.B = ["1"];
  });
  expect(readYosysNetlist(json, { module: "top" }).gates[0]!.inputs[1]).toBe(1);
  expect(() => readYosysNetlist(json, { module: "other" })).toThrow(
    expect.objectContaining({ code: "netlist.module" }),
  );
});

test("cells of another library are given as a table", () => {
  const json = file((module) => {
    module.cells.g = { type: "sky130_and2", connections: { A: [2], B: [3], X: [4] } };
  });
  const cells = { sky130_and2: { kind: "AND" as const, pins: ["A", "B"], output: "X" } };
  expect(readYosysNetlist(json, { cells }).gates[0]!.kind).toBe("AND");
  expect(errorOf(json).code).toBe("netlist.cell");
});

test.each([
  ["text that is not JSON", "{", "netlist.json", undefined],
  ["JSON that is no netlist", { modules: { top: { ports: { a: { direction: "input" } } } } }, "netlist.json", "bits"],
  ["no modules", { modules: {} }, "netlist.module", undefined],
  [
    "a word-level cell",
    file((m) => {
      m.cells.g!.type = "$add";
    }),
    "netlist.cell",
    "cell g",
  ],
  [
    "a latch",
    file((m) => {
      m.cells.g!.type = "$_DLATCH_P_";
    }),
    "netlist.latch",
    "cell g",
  ],
  [
    "an asynchronous reset",
    file((m) => {
      m.cells.g!.type = "$_DFF_PP0_";
    }),
    "netlist.asynchronous-reset",
    "cell g",
  ],
  [
    "an x",
    file((m) => {
      m.cells.g!.connections.A = ["x"];
    }),
    "netlist.undefined-bit",
    "pin A",
  ],
  [
    "a wide pin",
    file((m) => {
      m.cells.g!.connections.A = [2, 3];
    }),
    "netlist.cell",
    "cell g",
  ],
  [
    "a missing pin",
    file((m) => {
      delete m.cells.g!.connections.B;
    }),
    "netlist.cell",
    "cell g",
  ],
  [
    "an undriven net",
    file((m) => {
      m.cells.g!.connections.A = [9];
    }),
    "netlist.undriven",
    "netlist top",
  ],
  [
    "two drivers",
    file((m) => {
      m.cells.h = m.cells.g!;
    }),
    "netlist.multiply-driven",
    "netlist top",
  ],
  [
    "a loop",
    file((m) => {
      m.cells.g!.connections.A = [4];
    }),
    "netlist.loop",
    "netlist top",
  ],
  [
    "an inout port",
    file((m) => {
      m.ports.a!.direction = "inout";
    }),
    "netlist.port",
    "port a",
  ],
  [
    "two clocks",
    file((m) => {
      m.cells.f = { type: "$_DFF_P_", connections: { D: [4], C: [2], Q: [6] } };
      m.cells.h = { type: "$_DFF_P_", connections: { D: [4], C: [3], Q: [7] } };
    }),
    "netlist.clock",
    "netlist top",
  ],
  [
    "a derived clock",
    file((m) => {
      m.cells.f = { type: "$_DFF_P_", connections: { D: [2], C: [4], Q: [6] } };
    }),
    "netlist.clock",
    "netlist top",
  ],
])("refuses %s", (_, json, code, where) => {
  const error = errorOf(json);
  expect(error.code).toBe(code);
  if (where !== undefined) expect(error.where).toContain(where);
});
