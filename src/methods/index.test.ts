/**
 * @file What identifies the checkpoints of the methods: options in their order, with their defaults. A change here makes every
 * checkpoint of a user a stranger.
 */

import { expect, it } from "vitest";
import { dwn, eqat, float, lws, quweit } from "./index.ts";
import { fingerprintOf } from "./train-classifier.ts";

const defaults = {
  float:
    '{"epochs":10,"batchSize":64,"optimizer":"adam","rate":0.001,"schedule":"cosine","step":{"every":10,"factor":0.1},"warmup":0,"weightDecay":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
  eqat: '{"qMin":2,"qMax":8,"qInit":7.5,"beta":0.01,"warmup":10,"budgetWeight":1,"alpha":0.95,"kl":"reverse","mode":"frac","gradQ":"exact","gradRange":"lsq","tie":false,"perChannel":true,"learnRanges":true,"inputBits":8,"freezeAt":0.8,"settle":0.1,"epochs":100,"batchSize":64,"optimizer":"adam","rate":0.001,"schedule":"cosine","weightDecay":0,"smoothing":0,"rateBits":0.01,"rateRanges":0.001,"augmentation":{"shift":0,"flip":false},"calibrationBatches":10,"quantile":0.999,"evaluateEvery":1}',
  dwn: '{"layers":[2000,1000],"inputs":6,"tables":"lut","bits":3,"thermometer":"distributive","featureWise":true,"leastShare":0.001,"mapping":"learned","candidates":64,"temperature":0.001,"difference":"exponential","reduction":"sum","pad":false,"decay":0,"influence":0,"epochs":30,"batchSize":100,"rate":0.01,"schedule":"step","step":{"every":14,"factor":0.1},"warmup":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
  lws: '{"strategy":"lws","score":"ratio","gradientTerm":false,"schedule":true,"prune":[70,60,50,40,30,25,20,15,10],"maxDrop":2,"leastShare":0.03,"sweeps":1,"recharacterise":true,"rows":64,"columns":64,"activationBits":8,"multiplier":"booth4","fused":true,"zeroGating":false,"delay":"unit","published":"mac8 45nm","draws":2048,"images":16,"tracedOutputs":16,"exactImages":0,"calibration":256,"validation":0.1,"tuneEpochs":4,"epochs":10,"batchSize":64,"optimizer":"adam","rate":0.0005,"weightDecay":0,"augmentation":{"shift":0,"flip":false}}',
  quweit:
    '{"variant":"weightless","layers":[256,512],"inputs":6,"bits":8,"mapping":"learned","candidates":64,"selects":"last","entries":"threshold","temperature":0.001,"difference":"exponential","vectors":"int8","integer":false,"root":"exact","warmStart":0,"distillation":0,"epochs":10,"batchSize":64,"rate":0.001,"tableRate":0.01,"vectorRate":0.003,"weightDecay":0.1,"schedule":"cosine","step":{"every":10,"factor":0.1},"warmup":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
};

it.each([float, eqat, dwn, lws, quweit])("$id: options, order and defaults are those of its checkpoints", (method) => {
  expect(JSON.stringify(method.options.parse({}))).toBe(defaults[method.id as keyof typeof defaults]);
});

it("the fingerprint names method, training, options, run and prices, in this order", () => {
  const run = { seed: 3, threads: 2, identity: "abc" };
  expect(fingerprintOf(run, { method: "float", options: { epochs: 1 } })).toBe(
    '{"method":"float","options":{"epochs":1},"seed":3,"threads":2,"identity":"abc"}',
  );
  expect(fingerprintOf(run, { method: "lws", name: "step1", options: {}, coefficients: { mac: [1] } })).toBe(
    '{"method":"lws","name":"step1","options":{},"seed":3,"threads":2,"coefficients":{"mac":[1]},"identity":"abc"}',
  );
});

it("prices count to nine digits, options to the last", () => {
  const run = { seed: 3, threads: 2, identity: "abc" };
  const priced = (mac: number, rate = 1) =>
    fingerprintOf(run, {
      method: "eqat",
      options: { rate },
      coefficients: { layers: ["fc"], mac: [mac, 0], unit: "pJ" },
    });
  expect(priced(7372.8)).toContain('"coefficients":{"layers":["fc"],"mac":[7372.8,0],"unit":"pJ"}');
  expect(priced(7372.799999)).toBe(priced(7372.8));
  expect(priced(7372.8 * (1 + Number.EPSILON))).toBe(priced(7372.8));
  expect(priced(7372.7999)).not.toBe(priced(7372.8));
  expect(priced(7372.8, 1 + Number.EPSILON)).not.toBe(priced(7372.8));
});
