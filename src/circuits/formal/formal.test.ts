/** @file Properties by z3: the membrane of a LIF neuron stays within bounds, unless its leak shifts zeros in. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { generate } from "../circuit.ts";
import { lif, mac } from "../generators/index.ts";
import { and, constant, greater, greaterOrEqual, less, lessOrEqual } from "../verilog/index.ts";
import { Yosys } from "../yosys/yosys.ts";
import type { Property } from "./harness.ts";
import { checkProperty, examinedOf } from "./prove.ts";
import { proveSameRuns } from "./same-runs.ts";
import { solve } from "./solver.ts";

const cache = mkdtempSync(join(tmpdir(), "femto-formal-"));
const yosys = new Yosys({ engine: "wasm", cache });
afterAll(async () => {
  await yosys.close();
  rmSync(cache, { recursive: true, force: true });
});
/** Seconds of work, more on a busy machine. */
const PATIENCE = 300_000;

const neuron = generate(lif, { inputLeast: -128, inputMost: 128, overflow: "impossible" }, "lif");

/** −1030 < v < 227 for |i| ≤ 128. */
const bounds: Property = ({ i_i, v_o }) => ({
  assume: [and(greaterOrEqual(i_i!, constant(-128, i_i!)), lessOrEqual(i_i!, constant(128, i_i!)))],
  assert: [and(greater(v_o!, constant(-1030, v_o!)), less(v_o!, constant(227, v_o!)))],
});

test(
  "θ = 100, |i| ≤ 128, leak 1/8: −1030 < v < 227 is inductive over one cycle",
  async () => {
    const check = await checkProperty(yosys, examinedOf(neuron), bounds, { depth: 4 });
    expect(check.bounded.verdict).toBe("holds");
    expect(check.inductive).toEqual({ verdict: "holds", run: undefined });
    expect(check.isProved).toBe(true);
  },
  PATIENCE,
);

test(
  "the same leak with an unsigned concatenation is refuted by a run",
  async () => {
    // What the expression builders refuse to write: {…} is unsigned, so >>> shifts zeros in.
    const text = `module lif (input wire clk_i, input wire rst_i, input wire signed [8:0] i_i,
    output wire spike_o, output wire signed [11:0] v_o);
  reg signed [11:0] v_q;
  wire signed [12:0] u = {v_q[11], v_q} - ({v_q[11], v_q} >>> 3) + {{4{i_i[8]}}, i_i};
  assign spike_o = u >= 13'sd100;
  wire signed [12:0] after = spike_o ? u - 13'sd100 : u;
  assign v_o = v_q;
  always @(posedge clk_i) if (rst_i) v_q <= 12'sd0; else v_q <= after[11:0];
endmodule
`;
    const examined = { ...examinedOf(neuron), sources: [{ file: "lif.v", text, module: "lif" }] };
    const { bounded, isProved } = await checkProperty(yosys, examined, bounds, { depth: 8 });
    expect(isProved).toBe(false);
    expect(bounded.verdict).toBe("broken");
    const run = bounded.run!;
    const v = run.map(({ see_v_o }) => BigInt.asIntN(12, see_v_o!));
    expect(v.slice(1, -1).every((value) => value > -1030n && value < 227n)).toBe(true);
    expect(v.at(-1)! <= -1030n || v.at(-1)! >= 227n).toBe(true);
    // The run can be followed by hand with the faulty leak.
    for (let t = 1; t + 1 < run.length; t++) {
      if (run[t]!.rst_i === 1n) continue;
      const faulty = BigInt.asUintN(13, v[t]!) >> 3n;
      const u = BigInt.asIntN(13, v[t]! - faulty + BigInt.asIntN(9, run[t]!.i_i!));
      expect(v[t + 1]).toBe(BigInt.asIntN(12, u >= 100n ? u - 100n : u));
    }
  },
  PATIENCE,
);

test(
  "bounds that are too narrow are not inductive, and the run that shows it begins anywhere",
  async () => {
    const narrow: Property = ({ i_i, v_o }) => ({
      ...bounds({ i_i: i_i!, v_o: v_o! }),
      assert: [greater(v_o!, constant(-400, v_o!))],
    });
    const { bounded, inductive, isProved } = await checkProperty(yosys, examinedOf(neuron), narrow, { depth: 3 });
    expect(bounded.verdict).toBe("holds");
    expect(inductive?.verdict).toBe("broken");
    expect(inductive?.run?.length).toBe(2);
    expect(isProved).toBe(false);
  },
  PATIENCE,
);

test(
  "two circuits with registers answer alike in every run, or the shortest run shows that they do not",
  async () => {
    const unit = (multiplier: "booth4" | "behavioural", accumulatorBits = 7) =>
      examinedOf(generate(mac, { weightBits: 3, activationBits: 3, accumulatorBits, mode: "accumulate", multiplier }));
    const same = await proveSameRuns(yosys, unit("behavioural"), unit("booth4"), { depth: 3 });
    expect(same).toMatchObject({ isProved: true, bounded: { verdict: "holds" } });
    const booth = unit("booth4");
    const [file] = booth.sources;
    const text = file!.text.replace("booth1_neg = w_i[2] &", "booth1_neg = w_i[1] &");
    expect(text).not.toBe(file!.text);
    const wrong = { ...booth, sources: [{ ...file!, text }] };
    const { bounded } = await proveSameRuns(yosys, unit("behavioural"), wrong, { depth: 4 });
    expect(bounded.verdict).toBe("broken");
    const { see_gold_acc_o: gold, see_gate_acc_o: gate } = bounded.run!.at(-1)!;
    expect(gold).not.toBe(gate);
    expect(bounded.run!.length).toBe(3);
    expect(() => proveSameRuns(yosys, booth, booth)).toThrow(/modules of one name/);
    expect(() => proveSameRuns(yosys, booth, unit("behavioural", 8))).toThrow(/other ports|different ports/);
  },
  PATIENCE,
);

test(
  "a question that takes too long, and one that is no question, are one message each",
  async () => {
    await expect(solve({ prelude: "", checks: ["(assert true)"] }, 0.001)).rejects.toMatchObject({
      code: "circuits.timeout",
    });
    await expect(solve({ prelude: "", checks: ["(assert (nonsense))"] })).rejects.toMatchObject({
      code: "circuits.z3",
    });
  },
  PATIENCE,
);
