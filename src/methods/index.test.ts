/**
 * @file What identifies the checkpoints of the methods: options of training in their order, with their defaults. A change here
 * makes every checkpoint of a user a stranger.
 */

import { expect, it } from "vitest";
import { trainingOptionNames } from "../training/index.ts";
import { dwn, eqat, float, lws, quweit } from "./index.ts";
import { fingerprintOf } from "./train-classifier.ts";

const defaults = {
  float:
    '{"epochs":10,"batchSize":64,"optimizer":"adam","rate":0.001,"schedule":"cosine","step":{"every":10,"factor":0.1},"warmup":0,"weightDecay":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
  eqat: '{"warmup":10,"epochs":100,"batchSize":64,"optimizer":"adam","rate":0.001,"schedule":"cosine","weightDecay":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
  dwn: '{"epochs":30,"batchSize":100,"rate":0.01,"schedule":"step","step":{"every":14,"factor":0.1},"warmup":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
  lws: '{"schedule":true,"epochs":10,"batchSize":64,"optimizer":"adam","rate":0.0005,"weightDecay":0,"augmentation":{"shift":0,"flip":false}}',
  quweit:
    '{"epochs":10,"batchSize":64,"rate":0.001,"weightDecay":0.1,"schedule":"cosine","step":{"every":10,"factor":0.1},"warmup":0,"smoothing":0,"augmentation":{"shift":0,"flip":false},"evaluateEvery":1}',
};

it.each([float, eqat, dwn, lws, quweit])(
  "$id: options of training, order and defaults are those of its checkpoints",
  (method) => {
    const parsed = Object.entries(method.options.parse({}));
    const own = parsed.filter(([name]) => (trainingOptionNames as readonly string[]).includes(name));
    expect(JSON.stringify(Object.fromEntries(own))).toBe(defaults[method.id as keyof typeof defaults]);
  },
);

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
