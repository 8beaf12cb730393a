import { expect, it } from "vitest";
import type { ReportRow } from "../reports/index.ts";
import { gapSentences, gapShare } from "./gap.ts";

const row = (name: string, kind: string, value: number, pJ: number, metric = "nats per character") =>
  ({
    name,
    kind,
    accuracy: { value, metric, examples: 100 },
    energy: { pJ },
    layers:
      kind === "quweit"
        ? [{ name: "block1/mlp/LutLayer", operator: "femto.LutLayer", mac: 0, pJ: pJ / 2 }]
        : [{ name: "block1/attention/query", operator: "MatMul", mac: 8, pJ: pJ / 4 }],
  }) as unknown as ReportRow;

it("measures a row between no MLPs and dense ones, in nats and in points", () => {
  const losses = [
    row("no MLP", "float", 2.0, 60),
    row("dense", "float", 1.8, 100),
    row("weightless", "quweit", 1.85, 70),
  ];
  expect(gapShare(losses, losses[2]!)).toBeCloseTo(0.75, 12);
  const [accuracy, energy] = gapSentences(losses);
  expect(accuracy).toContain("closes 75.00\u00A0% of the gap");
  expect(accuracy).toContain("0.050 nats behind");
  // Block 10 against MLPs 40; the rest 60 of 100.
  expect(energy).toContain("0 multiplications in the blocks; they take 0.250 of the energy");
  // Of the 60 attention takes 15.
  expect(energy).toContain("60.00\u00A0% of the dense one's energy (attention 15.00\u00A0%)");
  expect(energy).toContain("1.67× better; these make it 1.43×");
  const shares = [
    ["no MLP", 0.5],
    ["dense", 0.7],
    ["weightless", 0.65],
  ] as const;
  const rows = shares.map(([name, value]) => row(name, name === "weightless" ? "quweit" : "float", value, 1, "top-1"));
  expect(gapShare(rows, rows[2]!)).toBeCloseTo(0.75, 12);
  expect(gapSentences(rows)[0]).toContain("5.00 points behind");
  const none = [row("no MLP", "float", 0.5, 1, "top-1"), row("dense", "float", 0.49, 2, "top-1"), rows[2]!];
  expect(gapShare(none, rows[2]!)).toBeUndefined();
  expect(gapSentences(none)[0]).toContain("there is no gap");
});

it("holds a row that started from a trained network against those that did, too", () => {
  const rows = [
    row("no MLP", "float", 2.0, 60),
    row("dense", "float", 1.8, 100),
    row("weightless, warm start", "quweit", 1.75, 70),
    row("dense, continued", "float", 1.7, 100),
    row("no MLP, continued", "float", 1.9, 60),
  ];
  expect(gapShare(rows, rows[2]!)).toBeCloseTo(0.75, 12);
  expect(gapSentences(rows)[0]).toContain('"no MLP, continued" (1.900) and "dense, continued" (1.700)');
  expect(gapSentences(rows.slice(2, 3))).toEqual([]);
});
