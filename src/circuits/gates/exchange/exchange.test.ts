import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Rng } from "../../../base/rng.ts";
import { buildMac } from "../../netlist/mac/mac.ts";
import { readYosysNetlist } from "../../netlist/read-yosys.ts";
import { writeVerilog } from "../../netlist/write-verilog.ts";
import type { Activity, DelayModel } from "../activity.ts";
import { calibrate, energyOf } from "../calibration.ts";
import { GateEvaluator } from "../evaluator.ts";
import { referenceActivity } from "../reference.ts";
import type { Stimulus } from "../stimulus.ts";
import { annotate, readSaif, readVcd, writeSaif, writeVcd } from "./index.ts";

const counter = readYosysNetlist(
  readFileSync(new URL("../../../../golden/gate-netlists/counter.json", import.meta.url), "utf8"),
);
const mac = buildMac({ activationBits: 4, weightBits: 4, accumulatorBits: 9 });

function stream(count: number): Stimulus {
  const rng = new Rng(4, "exchange");
  const draw = () => Int32Array.from({ length: count }, () => rng.uint32());
  return { kind: "stream", count, vectors: { a: draw(), w: draw(), p: draw() } };
}

const refused = (code: string) => expect.objectContaining({ code });

test.each(["zero", "unit"] as const)("VCD written and read again has the same toggles, %s delay", (delay) => {
  for (const [netlist, stimulus] of [
    [mac, stream(40)],
    [counter, { kind: "stream", count: 300, vectors: { rst: 0, en: 1 } }],
  ] as const) {
    const expected = referenceActivity(netlist, stimulus, { delay });
    const record = readVcd(writeVcd(netlist, stimulus, { delay }));
    const { activity, coverage, missing } = annotate(netlist, record, { delay, transitions: expected.transitions });
    expect(coverage).toBe(1);
    expect(missing).toEqual([]);
    expect(activity.toggles).toEqual(expected.toggles);
  }
});

test("the clock of a VCD rises and falls once per cycle; changes before `from` are left out", () => {
  const period = 100;
  const text = writeVcd(counter, { kind: "stream", count: 17, vectors: { rst: 0, en: 1 } }, { delay: "unit", period });
  expect(readVcd(text).bits.get("counter/clk")!.toggles).toBe(32);
  const late = readVcd(text, { from: 9 * period });
  expect(late.bits.get("counter/clk")!.toggles).toBe(16);
  expect(late.bits.get("counter/q[0]")!.toggles).toBe(8);
  expect(late.duration).toBe(8 * period);
});

test("a VCD that comes in pieces of any length reads the same", () => {
  const text = writeVcd(mac, stream(12), { delay: "unit" });
  const rng = new Rng(8);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + rng.below(40);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  expect(readVcd(pieces)).toEqual(readVcd(text));
});

test("VCD of other tools: vectors, ranges, x and z, scopes, comments, several names of one signal", () => {
  const record = readVcd(`$date today $end $version 11.0 (stable) $end
$comment # 5 b01 is not a change $end
$timescale 10 ps $end
$scope module tb $end $var wire 4 ! bus [3:0] $end $var reg 1 " clk $end
$scope module dut $end $var wire 4 ! d [0:3] $end $var wire 1 # bit [2] $end $var real 64 % r $end $upscope $end
$upscope $end $enddefinitions $end
#0 $dumpvars bx ! 0" z# $end
#10 b0101 ! 1" 1#
#20 b101 ! r1.5 % 0"
#30 bz ! 0#
#50 b11 ! 1" x#
#60`);
  const of = (name: string) => record.bits.get(name);
  expect(record.secondsPerUnit).toBeCloseTo(1e-11, 20);
  expect(record.duration).toBe(60);
  // x → 0101 → 0101 → zzzz → 0011: no step between two known values changes a bit.
  expect(of("tb/bus[0]")).toEqual({ toggles: 0, high: 30, low: 0, unknown: 30 });
  expect(of("tb/dut/d[3]")).toBe(of("tb/bus[0]"));
  expect(of("tb/dut/d[0]")).toBe(of("tb/bus[3]"));
  expect(of("tb/clk")).toEqual({ toggles: 3, high: 20, low: 40, unknown: 0 });
  expect(of("tb/dut/bit[2]")).toEqual({ toggles: 1, high: 20, low: 20, unknown: 20 });
});

test("SAIF written and read again gives the same counts and the same energy", async () => {
  const evaluator = await GateEvaluator.compile(mac, { delay: "unit", countsHigh: true });
  const activity = evaluator.run(stream(200));
  const record = readSaif(writeSaif(mac, activity));
  const annotated = annotate(mac, record, { delay: "unit", transitions: activity.transitions });
  expect(annotated.activity.toggles).toEqual(activity.toggles);
  const calibration = await calibrate(mac, { delay: "unit", published: "mac8 45nm" });
  expect(energyOf(mac, annotated.activity, calibration).total).toBe(energyOf(mac, activity, calibration).total);
});

test("SAIF of other tools: nested instances, escapes, comments", () => {
  const record =
    readSaif(`/* made elsewhere */ (SAIFILE (SAIFVERSION "2.0") (DIVIDER /) (TIMESCALE 100 ps) (DURATION 50)
    (INSTANCE tb (NET (clk (T0 25) (T1 25) (TC 10)))
      (INSTANCE dut // inside
        (NET (p\\[3\\] (T0 10) (T1 30) (TX 10) (TC 7) (IG 1))))))`);
  expect(record.bits.get("tb/dut/p[3]")).toEqual({ toggles: 7, high: 30, low: 10, unknown: 10 });
  expect(record.bits.get("tb/clk")!.toggles).toBe(10);
  expect(record.secondsPerUnit).toBeCloseTo(1e-10, 20);
});

test("too little coverage, other mistakes", () => {
  const record = readSaif(`(SAIFILE (DURATION 10) (INSTANCE ${mac.name} (NET (a\\[0\\] (T0 5) (T1 5) (TC 3)))))`);
  expect(() => annotate(mac, record, { delay: "unit", transitions: 10 })).toThrow(refused("annotate.coverage"));
  expect(() => annotate(mac, record, { delay: "unit", transitions: 0 })).toThrow(refused("annotate.transitions"));
  expect(() => readSaif("(SAIFILE (DURATION 10)")).toThrow(refused("saif.syntax"));
  expect(() => readSaif("(SAIFILE)")).toThrow(refused("saif.duration"));
  expect(() => readVcd("$var wire 1 ! a $end\n")).toThrow(refused("vcd.syntax"));
  expect(() => readVcd("$enddefinitions $end\n#5\n#4\n")).toThrow(
    expect.objectContaining({ code: "vcd.syntax", where: "VCD line 3" }),
  );
  const pairs: Stimulus = { kind: "pairs", count: 1, before: { a: 0, w: 0, p: 0 }, after: { a: 0, w: 0, p: 0 } };
  expect(() => writeVcd(mac, pairs, { delay: "unit" })).toThrow(refused("vcd.stimulus"));
  expect(() => writeVcd(mac, stream(3), { delay: "unit", period: 5 })).toThrow(refused("vcd.period"));
  const uncounted: Activity = { delay: "zero", transitions: 1, toggles: new Float64Array(3), high: undefined };
  expect(() => writeSaif(mac, uncounted)).toThrow(refused("saif.high"));
});

const hasIcarus = spawnSync("iverilog", ["-V"]).status === 0;

test.skipIf(!hasIcarus)("Icarus Verilog's VCD of the unit-delay netlist gives the same toggles on every net", () => {
  const folder = mkdtempSync(join(tmpdir(), "femto-vcd-"));
  try {
    const count = 30;
    const stimulus = stream(count);
    const vectors = (stimulus as Extract<Stimulus, { kind: "stream" }>).vectors as Record<string, Int32Array>;
    const assign = (index: number) =>
      mac.ports
        .filter(({ direction }) => direction === "input")
        .map(({ name, nets }) => `${name} = ${nets.length}'d${vectors[name]![index]! & (2 ** nets.length - 1)};`)
        .join(" ");
    const bench = `\`timescale 1ns/1ns
module tb; reg [3:0] a, w; reg [8:0] p; wire [8:0] o; dut dut(.a(a), .w(w), .p(p), .o(o));
initial begin $dumpfile("${join(folder, "t.vcd")}"); $dumpvars(0, tb); ${assign(0)} #100;
${Array.from({ length: count - 1 }, (_, i) => `${assign(i + 1)} #100;`).join("\n")}
$finish; end endmodule`;
    const files = [join(folder, "dut.v"), join(folder, "tb.v")];
    writeFileSync(files[0]!, `\`timescale 1ns/1ns\n${writeVerilog(mac, { module: "dut", hasUnitDelay: true })}`);
    writeFileSync(files[1]!, bench);
    execFileSync("iverilog", ["-g2005", "-o", join(folder, "t"), ...files]);
    execFileSync("vvp", ["-n", join(folder, "t")]);
    const record = readVcd(readFileSync(join(folder, "t.vcd"), "utf8"), { from: 100 });
    const delay: DelayModel = "unit";
    const { toggles } = referenceActivity(mac, stimulus, { delay });
    const got = mac.gates.map(({ output }) => record.bits.get(`tb/dut/n${output}`)!.toggles);
    expect(got).toEqual(mac.gates.map(({ output }) => toggles[output]!));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
