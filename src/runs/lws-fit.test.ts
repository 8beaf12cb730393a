/** @file What is refused before anything is trained: by shapes, whatever the layers' kind, and files without scales. */

import { describe, expect, it } from "vitest";
import { toInteger, toQdq } from "../export/index.ts";
import { quantiseRandomly } from "../export/random-network.fixture.ts";
import type { Model } from "../graph/model.ts";
import { type LwsOptions, lws } from "../methods/index.ts";
import { evaluate } from "../rewrites/evaluate.ts";
import { quantizableLayers } from "../rewrites/index.ts";
import { cnn5, lenet5 } from "../zoo/index.ts";

const floatNet = () => lenet5({ seed: 1 });
const int8Net = () => quantiseRandomly(floatNet(), 1, { weightBits: 8, inputBits: 7 }).model;
const options = (own: object = {}) => lws.options.parse(own);
const checkFit = (model: Model, own: LwsOptions, isStart: boolean) => lws.check!(model, own, isStart);
const refused = (code: string, where: string) =>
  expect.objectContaining({ code, where: expect.stringContaining(where) });

describe("partial sums", () => {
  it("fit the accumulator that is derived from the array, of any size", () => {
    for (const rows of [1, 7, 64, 4096]) {
      for (const model of [lenet5({ seed: 1 }), cnn5({ seed: 1 })]) {
        expect(() => checkFit(model, options({ rows }), false)).not.toThrow();
      }
    }
  });

  it("that can overflow name the layer; a narrow layer does not fill a column", () => {
    // LeNet-5: K = 25, 150, 400, …: 25 · 127 · 128 = 406 400 < 2^19, 64 rows of it are not.
    const narrow = options({ accumulatorBits: 20 });
    expect(() => checkFit(lenet5({ seed: 1 }), narrow, false)).toThrow(refused("trace.overflow", "conv2"));
    expect(() => checkFit(lenet5({ seed: 1 }), options({ accumulatorBits: 20, rows: 25 }), false)).not.toThrow();
    expect(() => checkFit(lenet5({ seed: 1 }), options({ accumulatorBits: 19 }), false)).toThrow(
      refused("trace.overflow", "conv1"),
    );
    expect(() => checkFit(int8Net(), options({ accumulatorBits: 12 }), true)).toThrow(
      refused("trace.overflow", "conv1"),
    );
  });
});

describe("files", () => {
  it("of floats are fine where rows quantise them first, and no start of their own", () => {
    expect(() => checkFit(floatNet(), options(), false)).not.toThrow();
    expect(() => checkFit(floatNet(), options(), true)).toThrow(refused("lws.float", "model"));
  });

  it("of integers with scales are a start; without scales they are none, of any row", () => {
    const model = int8Net();
    expect(() => checkFit(toQdq(model).model, options(), true)).not.toThrow();
    const integer = toInteger(model).model;
    for (const isStart of [true, false]) {
      expect(() => checkFit(integer, options(), isStart)).toThrow(refused("lws.float", "model"));
    }
    expect(() => checkFit(integer, options(), false)).toThrow("integers without their scales");
  });

  it("whose activations alone are quantised say so of every layer", () => {
    const { model } = toQdq(int8Net());
    for (const { node, weight } of quantizableLayers(model)) {
      const [codes, scale] = weight.producer!.inputs;
      const real = evaluate(weight.producer!, [codes!.constant!, scale!.constant!, undefined])[0]!;
      node.setInput(1, model.graph.addInitializer(`${node.name}.float`, real));
    }
    for (const own of ["conv1", "conv2", "fc1"]) {
      expect(() => checkFit(model, options(), true)).toThrow(
        expect.objectContaining({ code: "lws.float", got: expect.stringContaining(own) }),
      );
    }
  });
});
