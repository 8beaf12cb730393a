/** @file Synthesis and equivalence with the Yosys of the npm package. Each run costs seconds: one cache for the file. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FemtoError } from "../../base/errors.ts";
import { Rng } from "../../base/rng.ts";
import { arrayProduct, runVectors } from "../array-product.ts";
import { type Circuit, generate } from "../circuit.ts";
import { NetlistMachine, singleStream } from "../equivalence/netlist-machine.ts";
import { proveEqual, proveEqualBySat } from "../equivalence/proof.ts";
import { checkBySimulation } from "../equivalence/simulation.ts";
import { argmax, generators, lutNeuron, mac, popcount } from "../generators/index.ts";
import { findTool } from "../native/tools.ts";
import { buildMac, type Netlist, writeVerilog } from "../netlist/index.ts";
import { emitModule } from "../verilog/emit.ts";
import {
  and,
  bit,
  concat,
  constant,
  type Module,
  ModuleBuilder,
  multiply,
  slice,
  unsigned,
  wrap,
} from "../verilog/index.ts";
import { type Design, designOf, quickNetlists, synthesise } from "./synthesise.ts";
import { Yosys } from "./yosys.ts";

const cache = mkdtempSync(join(tmpdir(), "femto-synthesis-"));
const yosys = new Yosys({ engine: "wasm", cache });
afterAll(async () => {
  await yosys.close();
  rmSync(cache, { recursive: true, force: true });
});

/** Every generator's examples but the largest, and some of the sweep. */
const large = /^(requantise_24|mac_(behav|baugh)\w*_8x8|mac_booth4_8x8_2\w+|pe_booth4|systolic_2x3|lif_12_t100_l3$)/;
const circuits: Circuit[] = [
  ...generators.flatMap((from) => from.examples.map((given) => generate(from, given))),
  ...[2, 7, 16].map((inputs) => generate(argmax, { inputs, width: 1 })),
  generate(mac, { weightBits: 3, activationBits: 4, accumulatorBits: 9, multiplier: "baughWooley" }),
].filter(({ name }) => !large.test(name) || name === "mac_booth4_8x8_22");
/** Runs of Yosys take seconds, on a busy machine minutes. */
const PATIENCE = 300_000;

/** A module whose every name is a reserved word. */
function reservedNames(): Circuit {
  const m = new ModuleBuilder("module");
  const x = m.input("reg", unsigned(2));
  m.output("wire", m.wire("real", and(bit(x, 0), bit(x, 1))));
  const top: Module = m.finish();
  const model = () => ({ step: ({ reg }: Record<string, bigint>) => ({ wire: reg === 3n ? 1n : 0n }) });
  const about = { generator: "test", version: 1, parameters: {}, hash: "", latency: 0, initiationInterval: 1 };
  return { ...about, name: "module", top, model } as Circuit;
}

let netlists: Map<string, Netlist>;

test(
  "netlists of every generator do what the models say, on 10^4 vectors or on all there are",
  async () => {
    const all = [
      ...circuits.filter(({ name }, i) => circuits.findIndex((c) => c.name === name) === i),
      reservedNames(),
    ];
    netlists = await quickNetlists(
      yosys,
      all.map((circuit) => designOf(circuit)),
    );
    const checks = all.map(
      (circuit) => [circuit.name, checkBySimulation(circuit, netlists.get(circuit.name)!)] as const,
    );
    expect(checks.filter(([, { counterexample }]) => counterexample !== undefined)).toEqual([]);
    expect(checks.filter(([, { method, vectors }]) => method === "random" && vectors < 10_000)).toEqual([]);
  },
  PATIENCE,
);

test("the 8 × 8 Booth unit is right for all 65 536 pairs of weight and activation", () => {
  const machine = new NetlistMachine(netlists.get("mac_booth4_8x8_22")!, 65_536);
  const rng = new Rng(1, "partial sums");
  const w = Array.from({ length: 65_536 }, (_, i) => BigInt((i >> 8) - 128));
  const a = Array.from({ length: 65_536 }, (_, i) => BigInt((i & 255) - 128));
  const p = Array.from({ length: 65_536 }, () => BigInt((rng.uint32() & 0x3fffff) - 0x200000));
  const { p_o } = machine.step({ w_i: w, a_i: a, p_i: p });
  const type = { width: 22, signed: true };
  expect(p_o!.findIndex((value, i) => value !== wrap(p[i]! + w[i]! * a[i]!, type))).toBe(-1);
});

test("a second run comes from the cache, also in another instance", async () => {
  const design = designOf(generate(lutNeuron, { inputs: 4, table: "6996" }));
  const first = await quickNetlists(yosys, [design]);
  const other = new Yosys({ engine: "wasm", cache });
  const second = await quickNetlists(other, [design]);
  expect([...second]).toEqual([...first]);
  const again = await other.run({
    step: "x",
    script: ["read_verilog y.v"],
    sources: [],
    files: { "y.v": "" },
    outputs: [],
  });
  expect(again.isCached).toBe(false);
  expect(
    (await other.run({ step: "x", script: ["read_verilog y.v"], sources: [], files: { "y.v": "" }, outputs: [] }))
      .isCached,
  ).toBe(true);
  await other.close();
});

test(
  "runs wait for one another; one that takes too long is ended and the next one runs",
  async () => {
    const own = new Yosys({ engine: "wasm", cache: false });
    const job = (text: string) => ({
      step: "reading",
      script: ["read_verilog x.v", "write_json x.json"],
      sources: [{ file: "x.v", text }],
      outputs: ["x.json"],
    });
    const [a, b] = await Promise.all(["a", "b"].map((name) => own.run(job(`module ${name}(); endmodule`))));
    expect(Object.keys(JSON.parse(a!.files["x.json"]!).modules)).toEqual(["a"]);
    expect(Object.keys(JSON.parse(b!.files["x.json"]!).modules)).toEqual(["b"]);
    const hasty = new Yosys({ engine: "wasm", cache: false, timeoutSeconds: 0.01 });
    await expect(hasty.run(job("module c(); endmodule"))).rejects.toThrow(/no answer within 0.01 s/);
    await Promise.all([own.close(), hasty.close()]);
    expect((await own.run(job("module d(); endmodule"))).isCached).toBe(false);
    await own.close();
  },
  PATIENCE,
);

describe("equivalence", () => {
  const good = generate(lutNeuron, { inputs: 6, table: "8badf00dcafe1234" });
  const flipped = generate(lutNeuron, { inputs: 6, table: "8badf00dcafe1634" });

  test("the popcount tree equals the loop of additions, by induction and by SAT", async () => {
    const [tree, loop] = [generate(popcount, { inputs: 9 }), generate(popcount, { inputs: 9, style: "loop" })];
    expect(await proveEqual(yosys, designOf(loop), designOf(tree))).toMatchObject({ verdict: "equal", unproven: [] });
    expect(await proveEqualBySat(yosys, designOf(loop), designOf(tree))).toMatchObject({ verdict: "equal" });
  });

  test("one flipped bit of a table: all methods refuse, two of them with the input that shows it", async () => {
    const proof = await proveEqual(yosys, designOf(good), designOf(flipped));
    expect(proof).toMatchObject({ verdict: "unknown", unproven: ["y_o_gold y_o_gate"] });
    const refuted = await proveEqualBySat(yosys, designOf(good), designOf(flipped));
    expect(refuted.counterexample).toEqual({ inputs: { x_i: 10n }, gold: { y_o: 0n }, gate: { y_o: 1n } });
    const netlist = (await quickNetlists(yosys, [designOf(flipped)])).get(flipped.top.name)!;
    const { counterexample, method } = checkBySimulation(good, netlist);
    expect(method).toBe("exhaustive");
    expect(counterexample).toMatchObject({ inputs: { x_i: 10n }, expected: 0n, got: 1n });
  });

  test("every inverted gate of a multiplier is found, with a counterexample", () => {
    const circuit = circuits.find(({ name }) => name === "mac_booth4_5x3_8")!;
    const netlist = netlists.get(circuit.name)!;
    const inverse = { AND: "NAND", OR: "NOR", XOR: "XNOR", NOT: "BUF", MUX: "NMUX" } as const;
    const rng = new Rng(3, "mutations");
    for (let i = 0; i < 12; i++) {
      const index = rng.below(netlist.gates.length);
      const gates = netlist.gates.map((gate, g) =>
        g === index ? { ...gate, kind: inverse[gate.kind as keyof typeof inverse] ?? "NAND" } : gate,
      );
      const check = checkBySimulation(circuit, { ...netlist, gates }, { method: "exhaustive" });
      expect(check.counterexample, `gate ${index} ${netlist.gates[index]!.kind}`).toBeDefined();
    }
  });
});

test(
  "four packed products of 4 × 4 bits are one product: proved; a window one bit off: refuted",
  async () => {
    // (a1 + 2^16 a2) · (b1 + 2^8 b2): no product reaches into the next window.
    const design = (name: string, isPacked: boolean, offset = 0): Design => {
      const m = new ModuleBuilder(name);
      const [a1, a2, b1, b2] = ["a1_i", "a2_i", "b1_i", "b2_i"].map((port) => m.input(port, unsigned(4)));
      const wide = multiply(concat(a2!, constant(0, unsigned(12)), a1!), concat(b2!, constant(0, unsigned(4)), b1!));
      const packed = m.wire("packed", isPacked ? wide : constant(0, unsigned(32)));
      const pairs = [
        [a1, b1],
        [a1, b2],
        [a2, b1],
        [a2, b2],
      ] as const;
      for (const [i, [a, b]] of pairs.entries()) {
        const low = i === 3 ? 24 : 8 * i + offset;
        m.output(`p${i}_o`, isPacked ? slice(packed, low + 7, low) : multiply(a!, b!));
      }
      return { top: name, sources: [emitModule(m.finish(), [])] };
    };
    const plain = design("plain", false);
    expect(await proveEqualBySat(yosys, plain, design("packed", true))).toMatchObject({ verdict: "equal" });
    const { verdict, counterexample } = await proveEqualBySat(yosys, plain, design("shifted", true, 1));
    expect(verdict).toBe("different");
    expect(counterexample!.gold).not.toEqual(counterexample!.gate);
    const { a1_i, b1_i } = counterexample!.inputs;
    expect(counterexample!.gold.p0_o).toBe(a1_i! * b1_i!);
  },
  PATIENCE,
);

test(
  "the unit that is built gate by gate equals the generated one",
  async () => {
    const { ports, ...built } = buildMac({ activationBits: 4, weightBits: 4, accumulatorBits: 9 });
    const renamed = ports.map((port) => ({ ...port, name: `${port.name}_${port.direction === "input" ? "i" : "o"}` }));
    const outputs = renamed.map((port) => (port.direction === "output" ? { ...port, name: "p_o" } : port));
    const text = writeVerilog({ ...built, name: "built", ports: outputs });
    const generated = generate(mac, { activationBits: 4, weightBits: 4, accumulatorBits: 9 });
    const gate: Design = { top: "built", sources: [{ file: "built.v", text }] };
    expect(await proveEqualBySat(yosys, designOf(generated), gate)).toMatchObject({ verdict: "equal" });
  },
  PATIENCE,
);

test("a matrix product through the gates of the array", () => {
  const array = circuits.find(({ name }) => name === "systolic_3x2_pe_booth4_4x4_12")!;
  const weights = [
    [3, -8],
    [7, 0],
    [-1, 5],
    [2, 2],
  ];
  const activations = [
    [1, -2, 3, -4],
    [7, -8, 0, 5],
  ];
  const run = arrayProduct(array, weights, activations);
  const outputs = runVectors(singleStream(netlists.get(array.name)!), run.vectors);
  expect(run.gather(outputs)).toEqual([
    [-22, -1],
    [-25, -46],
  ]);
});

const native = findTool("yosys");
test.runIf(native)("an installed Yosys serves as well, and says so", async () => {
  const own = new Yosys({ engine: "native", cache: false });
  expect(own.engine).toBe(native!.version);
  const circuit = generate(popcount, { inputs: 5 });
  const { netlist, engine } = await synthesise(own, designOf(circuit), "gates");
  expect(engine).toMatch(/^Yosys /);
  expect(checkBySimulation(circuit, netlist!).counterexample).toBeUndefined();
});
if (native === undefined) console.warn("yosys is not installed: only the one of the npm package was tried");

describe("targets", () => {
  const neuron = designOf(generate(lutNeuron, { inputs: 6, table: "8badf00dcafe1234" }));

  test(
    "a table of six inputs is one LUT6",
    async () => {
      const { fpga } = await synthesise(yosys, neuron, "xilinx");
      expect(fpga).toEqual({ lut: 1, lutByInputs: { 6: 1 }, carry: 0, flipFlop: 0, multiplier: 0, other: {} });
    },
    PATIENCE,
  );

  test(
    "gates and cells give netlists that still do what the model says",
    async () => {
      const circuit = generate(popcount, { inputs: 7 });
      for (const target of ["gates", "cells"] as const) {
        const { netlist, counts, depth, netlistHash } = await synthesise(yosys, designOf(circuit), target);
        expect(checkBySimulation(circuit, netlist!)).toMatchObject({ method: "exhaustive", counterexample: undefined });
        expect(netlist!.gates.length).toBe(counts.cells);
        expect(counts.area === undefined).toBe(target === "gates");
        expect(depth).toBeGreaterThan(4);
        expect(netlistHash).toMatch(/^[0-9a-f]{16,}$/);
      }
    },
    PATIENCE,
  );
});

describe("mistakes are one message with the place", () => {
  const errorOf = async (text: string, top = "t"): Promise<FemtoError> => {
    const design: Design = { top, sources: [{ file: "t.v", text, module: "t" }] };
    try {
      await synthesise(yosys, design, "gates");
    } catch (error) {
      if (error instanceof FemtoError) return error;
      throw error;
    }
    throw new Error("accepted");
  };

  test.each([
    ["undriven", "module t(input a, output y); wire w; assign y = a & w; endmodule", "circuits.undriven", /w/],
    [
      "driven twice",
      "module t(input a, input b, output y); assign y = a; assign y = b; endmodule",
      "circuits.driven-twice",
      /conflicting drivers/,
    ],
    [
      "a driver and its inverse",
      "module t(input a, output y); assign y = a; assign y = ~a; endmodule",
      "circuits.driven-twice",
      /y/i,
    ],
    [
      "a loop",
      "module t(input a, output y);\nwire u, v;\nassign u = a & v;\nassign v = ~u;\nassign y = v;\nendmodule",
      "circuits.loop",
      /loop/,
    ],
    [
      "a latch",
      "module t(input e, input d, output reg y);\nalways @* begin\n  if (e) y = d;\nend\nendmodule",
      "circuits.latch",
      /latch/,
    ],
    ["syntax", "module t(input a, output y);\nassign y = ;\nendmodule", "circuits.yosys", /syntax error/],
    ["an unknown module", "module t(input a, output y);\nlost u(.x(a), .y(y));\nendmodule", "circuits.yosys", /lost/],
    [
      "an unknown name",
      "`default_nettype none\nmodule t(input wire a, output wire y);\nassign y = q;\nendmodule",
      "circuits.yosys",
      /q/,
    ],
  ])("%s", async (_, text, code, message) => {
    const error = await errorOf(text);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.where} ${error.got}`).toMatch(message);
    expect(error.where).toMatch(/t/);
  });

  test("no such top", async () => {
    const error = await errorOf("module t(input a, output y); assign y = a; endmodule", "missing");
    expect(error.render()).toMatch(/missing/);
  });

  test("a line of generated text is traced to its signal", async () => {
    const circuit = generate(popcount, { inputs: 7 });
    const [source] = designOf(circuit).sources;
    const line = source!.text.split("\n").findIndex((text) => text.includes("assign tree_fa2_s ="));
    const lines = source!.text.split("\n").with(line, "  assign tree_fa2_s = nowhere;");
    const broken: Design = { top: circuit.name, sources: [{ ...source!, text: lines.join("\n") }] };
    const error = await synthesise(yosys, broken, "gates").catch((thrown: FemtoError) => thrown);
    expect((error as FemtoError).where).toBe(`popcount_7 › tree_fa2_s (popcount_7.v:${line + 1})`);
  });
});
