/** @file Parameters and multiply-accumulates held against published figures; where those come from stands in each row. */

import { describe, expect, it } from "vitest";
import type { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import { foldBatchNorm } from "../rewrites/fold-batch-norm.ts";
import {
  bertTiny,
  charGpt,
  cnn5,
  countModel,
  dsCnn,
  lenet5,
  mlp,
  mobilenetV2,
  resnet8,
  resnet18,
  resnet20,
  vitTiny,
} from "./index.ts";

/** Multiply-accumulates of the two-layer networks behind attention. */
const mlpMacs = (model: Model): number =>
  countModel(model, { N: 1 }).layers.reduce((sum, { node, macs }) => sum + (node.name.includes("/mlp/") ? macs : 0), 0);

describe("counts", () => {
  it("lenet5: 61,706 parameters", () => {
    const { parameters, macs, layers } = countModel(lenet5(), { N: 1 });
    expect(parameters).toBe(61_706);
    // 6·25·28² + 16·150·10² + 400·120 + 120·84 + 84·10
    expect(layers.map((layer) => layer.macs)).toEqual([117_600, 240_000, 48_000, 10_080, 840]);
    expect(macs).toBe(416_520);
  });

  it("mlp: 784-128-10", () => {
    expect(countModel(mlp(), { N: 1 })).toMatchObject({ parameters: 101_770, macs: 101_632 });
  });

  it("cnn5: at most 6 M multiply-accumulates for 28×28", () => {
    const { parameters, statistics, layers, macs } = countModel(cnn5(), { N: 1 });
    // 9·32·28² + 288·64·14² + 576·64·7² + 576·128 + 128·10
    expect(layers.map((layer) => layer.macs)).toEqual([225_792, 3_612_672, 1_806_336, 73_728, 1_280]);
    expect(macs).toBe(5_719_808);
    expect([parameters, statistics]).toEqual([131_178, 576]);
  });

  it("resnet8: 78,666 parameters in Keras, 77,706 folded, 12.5 M (MLPerf Tiny)", () => {
    const model = resnet8();
    const { parameters, statistics, macs } = countModel(model, { N: 1 });
    expect(parameters + statistics).toBe(78_666);
    expect(macs).toBe(12_501_632);
    applyPasses(model, [foldBatchNorm]);
    expect(countModel(model, { N: 1 })).toMatchObject({ parameters: 77_706, statistics: 0, macs: 12_501_632 });
  });

  it("resnet20: 269,722 parameters (akamaster/pytorch_resnet_cifar10), 40.55 M", () => {
    expect(countModel(resnet20(), { N: 1 })).toMatchObject({ parameters: 269_722, macs: 40_551_040 });
  });

  it("resnet32 and 56: 0.46 M and 0.85 M (He et al. 2016, table 6)", () => {
    expect(countModel(resnet20({ blocks: 5 }), { N: 1 }).parameters).toBe(464_154);
    expect(countModel(resnet20({ blocks: 9 }), { N: 1 }).parameters).toBe(853_018);
  });

  it("resnet18: 11,220,132 parameters for 100 classes, 555.5 M", () => {
    const { parameters, macs } = countModel(resnet18(), { N: 1 });
    expect(parameters).toBe(11_220_132);
    expect(macs).toBe(555_468_800);
    expect(countModel(resnet18({ classes: 10 }), { N: 1 }).parameters).toBe(11_173_962);
  });

  it.each([
    [0.5, 0.7, 27.97],
    [0.75, 1.37, 59.31],
    [1, 2.24, 87.98],
    [1.4, 4.33, 170.07],
  ])("mobilenetV2 ×%d: %d M parameters, %d M (chenyaofo/pytorch-cifar-models)", (width, millions, macs) => {
    const counted = countModel(mobilenetV2({ width }), { N: 1 });
    expect(counted.parameters / 1e6).toBeCloseTo(millions, 2);
    expect(counted.macs / 1e6).toBeCloseTo(macs, 2);
  });

  it("dsCnn: 24,908 parameters in Keras, 22,604 folded (MLPerf Tiny), 2.66 M", () => {
    const model = dsCnn();
    const { parameters, statistics, macs } = countModel(model, { N: 1 });
    expect(parameters + statistics).toBe(24_908);
    expect(macs).toBe(2_656_768);
    applyPasses(model, [foldBatchNorm]);
    expect(countModel(model, { N: 1 })).toMatchObject({ parameters: 22_604, statistics: 0 });
  });

  it("vitTiny with DeiT-Ti's options: 5,717,416 parameters, 1.25 G (Touvron et al. 2021: 5.7 M, 1.3 G)", () => {
    const deit = { size: 224, patch: 16, width: 192, depth: 12, heads: 3, classes: 1000 };
    const { parameters, macs } = countModel(vitTiny(deit), { N: 1 });
    expect(parameters).toBe(5_717_416);
    // 196·768·192 + 12·(197·12·192² + 2·197²·192) + 192·1000
    expect(macs).toBe(1_253_683_200);
  });

  it("of ViT-T with 10 classes, 697.17 M of 1253.5 M are in the two-layer networks (QuWeiT sheet, check 11)", () => {
    const model = vitTiny({ size: 224, patch: 16, width: 192, depth: 12, heads: 3 });
    const { macs } = countModel(model, { N: 1 });
    expect([macs, mlpMacs(model)]).toEqual([1_253_493_120, 697_171_968]);
    expect(mlpMacs(model) / macs).toBeCloseTo(0.556, 3);
  });

  it("of charGpt with nanoGPT's larger options, 59.9 % are in the two-layer networks (QuWeiT sheet, check 11)", () => {
    const model = charGpt({ context: 256, width: 384, depth: 6, heads: 6 });
    expect(mlpMacs(model) / countModel(model, { N: 1 }).macs).toBeCloseTo(0.599, 3);
  });

  it("charGpt: 0.80 M and 10.65 M parameters without positions (nanoGPT)", () => {
    expect(countModel(charGpt(), { N: 1 }).parameters - 64 * 128).toBe(795_904);
    const baby = charGpt({ context: 256, width: 384, depth: 6, heads: 6 });
    expect(countModel(baby, { N: 1 }).parameters - 256 * 384).toBe(10_646_784);
  });

  it("bertTiny: 4,385,920 parameters (Turc et al. 2019: 4.4 M) and the classifier", () => {
    expect(countModel(bertTiny(), { N: 1 }).parameters).toBe(4_385_920 + 2 * 128 + 2);
  });

  it("refuses to guess a dimension", () => {
    expect(() => countModel(mlp())).toThrow(expect.objectContaining({ code: "count.symbol" }));
  });
});
