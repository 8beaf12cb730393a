/** @file Every upgrade against ONNX Runtime: a model in the old form and what we write for it give the same numbers. */

import { AttributeProto_AttributeType as Kind } from "onnx-buf";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../../base/rng.ts";
import { f32, i64, sizeOf, type Tensor, tensor } from "../../base/tensor.ts";
import { OrtEngine } from "../../engine/ort.ts";
import { type Old, type OldFile, oldFile } from "../old-file.fixture.ts";
import { readModel } from "../read-model.ts";
import { writeModel } from "../write-model.ts";
import { upgrades } from "./index.ts";

interface Case extends OldFile {
  readonly what: string;
  /** Operators of the written model, where the point of the case is what they are. */
  readonly becomes?: readonly string[];
}

const engine = new OrtEngine();
afterAll(() => engine.close());

const rng = new Rng(7);
const random = (...dims: number[]): Tensor =>
  f32(
    dims,
    Array.from({ length: sizeOf(dims) }, () => rng.normal()),
  );
const positive = (...dims: number[]): Tensor => ({ ...random(...dims), data: random(...dims).data.map(abs) as never });
const abs = (x: unknown) => (Math.abs(x as number) + 0.5) as never;
const one = (
  op: string,
  attributes: Readonly<Record<string, Old>>,
  inputs: string[] = ["x"],
  outputs: string[] = ["y"],
) => ({
  nodes: [{ op, inputs, outputs, attributes }],
  outputs,
});

const image = random(1, 1, 3, 4);
const cases: Case[] = [
  { what: "Squeeze-1", opset: 7, inputs: { x: random(1, 3, 1, 2) }, ...one("Squeeze", { axes: [0, 2] }) },
  { what: "Squeeze-1 of all", opset: 7, inputs: { x: random(1, 3, 1, 2) }, ...one("Squeeze", {}) },
  { what: "Unsqueeze-11", opset: 11, inputs: { x: random(3, 2) }, ...one("Unsqueeze", { axes: [0, -1] }) },
  { what: "ReduceSum-1", opset: 7, inputs: { x: random(3, 4) }, ...one("ReduceSum", { axes: [1], keepdims: 0 }) },
  { what: "ReduceMean-13", opset: 13, inputs: { x: random(3, 4) }, ...one("ReduceMean", { axes: [-1] }) },
  { what: "ReduceMax-1 of all", opset: 7, inputs: { x: random(3, 4) }, ...one("ReduceMax", {}) },
  { what: "ReduceLogSumExp-11", opset: 11, inputs: { x: random(3, 4) }, ...one("ReduceLogSumExp", { axes: [0] }) },
  {
    what: "BatchNormalization-7",
    opset: 7,
    inputs: { x: random(2, 3, 4) },
    initializers: { s: random(3), b: random(3), m: random(3), v: positive(3) },
    ...one("BatchNormalization", { spatial: 1 }, ["x", "s", "b", "m", "v"]),
    becomes: ["BatchNormalization"],
  },
  {
    what: "BatchNormalization-7 not spatial",
    opset: 7,
    inputs: { x: random(2, 3, 4) },
    initializers: { s: random(3, 4), b: random(3, 4), m: random(3, 4), v: positive(3, 4) },
    ...one("BatchNormalization", { spatial: 0 }, ["x", "s", "b", "m", "v"]),
  },
  { what: "Clip-6", opset: 7, inputs: { x: random(9) }, ...one("Clip", { min: { float: -0.3 }, max: { float: 0.4 } }) },
  { what: "Clip-6 one bound", opset: 10, inputs: { x: random(9) }, ...one("Clip", { min: { float: 0 } }) },
  {
    what: "Clip-6 of an untyped value",
    opset: 9,
    inputs: { x: random(9), c: tensor("bool", [], [true]) },
    nodes: [
      {
        op: "Scan",
        inputs: ["x"],
        outputs: ["h"],
        attributes: { num_scan_inputs: 1 },
        body: {
          inputs: { e: f32([], [0]) },
          nodes: [{ op: "Neg", inputs: ["e"], outputs: ["n"] }],
          outputs: ["n"],
        },
      },
      { op: "Cast", inputs: ["c"], outputs: ["cf"], attributes: { to: 1 } },
      { op: "Mul", inputs: ["h", "cf"], outputs: ["hc"] },
      { op: "Clip", inputs: ["hc"], outputs: ["y"], attributes: { max: { float: 0.25 } } },
    ],
    outputs: ["y"],
  },
  { what: "DFT-17 default axis", opset: 17, inputs: { x: random(2, 5, 3, 1) }, ...one("DFT", {}) },
  { what: "DFT-17", opset: 17, inputs: { x: random(2, 5, 3, 1) }, ...one("DFT", { axis: 2 }) },
  { what: "Dropout-7", opset: 7, inputs: { x: random(5) }, ...one("Dropout", { ratio: { float: 0.3 } }) },
  { what: "Dropout-10", opset: 10, inputs: { x: random(5) }, ...one("Dropout", {}) },
  ...["bilinear", "bicubic", "nearest"].map((mode) => ({
    what: `GridSample-16 ${mode}`,
    opset: 16,
    inputs: { x: image, g: f32([1, 2, 2, 2], [-0.9, 0.1, 0.3, 0.4, 0.5, -0.2, 1, 0]) },
    ...one("GridSample", { mode, align_corners: 1 }, ["x", "g"]),
  })),
  {
    what: "GridSample-16 default mode",
    opset: 16,
    inputs: { x: image, g: f32([1, 2, 1, 2], [-0.9, 0.1, 0.3, 0.4]) },
    ...one("GridSample", {}, ["x", "g"]),
  },
  {
    what: "GroupNormalization-18",
    opset: 18,
    inputs: { x: random(2, 6, 3) },
    initializers: { s: random(2), b: random(2) },
    ...one("GroupNormalization", { num_groups: 2 }, ["x", "s", "b"]),
  },
  {
    what: "Pad-2",
    opset: 7,
    inputs: { x: random(2, 3) },
    ...one("Pad", { pads: [0, 1, 2, 0], value: { float: 1.5 } }),
  },
  {
    what: "Pad-2 reflect",
    opset: 10,
    inputs: { x: random(3, 3) },
    ...one("Pad", { pads: [1, 1, 0, 2], mode: "reflect" }),
  },
  {
    what: "Resize-10 larger",
    opset: 10,
    inputs: { x: image },
    initializers: { s: f32([4], [1, 1, 2, 1.5]) },
    ...one("Resize", { mode: "nearest" }, ["x", "s"]),
    becomes: ["Resize"],
  },
  {
    what: "Resize-10 smaller",
    opset: 10,
    inputs: { x: random(1, 1, 6, 7) },
    initializers: { s: f32([4], [1, 1, 0.6, 0.45]) },
    ...one("Resize", {}, ["x", "s"]),
    becomes: ["Resize"],
  },
  {
    what: "Resize-10 larger and smaller",
    opset: 10,
    inputs: { x: random(1, 1, 6, 7) },
    initializers: { s: f32([4], [1, 1, 1.7, 0.45]) },
    ...one("Resize", {}, ["x", "s"]),
  },
  {
    what: "Resize-10 with computed scales",
    opset: 10,
    inputs: { x: random(1, 1, 6, 7), s: f32([4], [1, 1, 0.6, 2]) },
    ...one("Resize", {}, ["x", "s"]),
  },
  {
    what: "Resize-10 linear",
    opset: 10,
    inputs: { x: image },
    initializers: { s: f32([4], [1, 1, 0.7, 2.5]) },
    ...one("Resize", { mode: "linear" }, ["x", "s"]),
  },
  {
    what: "Resize-11 by sizes, with empty roi and scales",
    opset: 11,
    inputs: { x: image },
    initializers: { none: f32([0], []), size: i64([1, 1, 5, 7]) },
    ...one("Resize", { mode: "cubic", coordinate_transformation_mode: "align_corners" }, ["x", "none", "none", "size"]),
    becomes: ["Resize"],
  },
  ...["floor", "round_prefer_floor"].map((nearest_mode) => ({
    what: `Resize-11 tf_half_pixel_for_nn ${nearest_mode}`,
    opset: 11,
    inputs: { x: random(1, 1, 5, 6) },
    initializers: { none: f32([0], []), s: f32([4], [1, 1, 0.55, 1.7]) },
    ...one("Resize", { coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode }, ["x", "none", "s"]),
  })),
  {
    what: "RoiAlign-10",
    opset: 10,
    inputs: { x: random(1, 1, 6, 6), rois: f32([1, 4], [0.5, 1, 4, 5]), batch: i64([0]) },
    ...one("RoiAlign", { output_height: 2, output_width: 2, sampling_ratio: 2 }, ["x", "rois", "batch"]),
  },
  {
    what: "Scan-8",
    opset: 8,
    inputs: { h0: random(2, 3), xs: random(2, 4, 3) },
    nodes: [
      {
        op: "Scan",
        inputs: ["", "h0", "xs"],
        outputs: ["h", "ys"],
        attributes: { num_scan_inputs: 1, directions: [1] },
        body: {
          inputs: { a: random(3), b: random(3) },
          nodes: [
            { op: "Add", inputs: ["a", "b"], outputs: ["sum"] },
            { op: "Tanh", inputs: ["sum"], outputs: ["out"] },
          ],
          outputs: ["sum", "out"],
        },
      },
    ],
    outputs: ["h", "ys"],
  },
  {
    what: "Scatter-9",
    opset: 9,
    inputs: { x: random(3, 3), i: tensor("int64", [1, 3], [2, 0, 1]), u: random(1, 3) },
    ...one("Scatter", { axis: 0 }, ["x", "i", "u"]),
    becomes: ["ScatterElements"],
  },
  {
    what: "Slice-1",
    opset: 7,
    inputs: { x: random(4, 5) },
    ...one("Slice", { starts: [1, -3], ends: [Number.MAX_SAFE_INTEGER, 2 ** 63], axes: [0, 1] }),
  },
  {
    what: "Slice-1 without axes",
    opset: 9,
    inputs: { x: random(4, 5) },
    ...one("Slice", { starts: [0, 1], ends: [2, -1] }),
  },
  { what: "Softmax-1 of a matrix", opset: 7, inputs: { x: random(3, 4) }, ...one("Softmax", {}), becomes: ["Softmax"] },
  {
    what: "Softmax-11 over two dimensions",
    opset: 11,
    inputs: { x: random(2, 3, 4) },
    ...one("Softmax", { axis: 1 }),
    becomes: ["Flatten", "Softmax", "Shape", "Reshape"],
  },
  {
    what: "LogSoftmax-11 over channels of a 1×1 image",
    opset: 11,
    inputs: { x: random(2, 5, 1, 1) },
    ...one("LogSoftmax", {}),
    becomes: ["LogSoftmax"],
  },
  { what: "Hardmax-1", opset: 7, inputs: { x: random(2, 3, 4) }, ...one("Hardmax", { axis: 0 }) },
  {
    what: "Split-2",
    opset: 7,
    inputs: { x: random(5, 2) },
    ...one("Split", { axis: 0, split: [2, 3] }, ["x"], ["y", "z"]),
  },
  {
    what: "Split-2 equal",
    opset: 11,
    inputs: { x: random(2, 6) },
    ...one("Split", { axis: 1 }, ["x"], ["y", "z", "w"]),
  },
  { what: "Split-13 equal", opset: 13, inputs: { x: random(6) }, ...one("Split", {}, ["x"], ["y", "z"]) },
  { what: "TopK-1", opset: 7, inputs: { x: random(2, 6) }, ...one("TopK", { k: 3, axis: -1 }, ["x"], ["y", "z"]) },
  { what: "Upsample-7", opset: 7, inputs: { x: image }, ...one("Upsample", { scales: { floats: [1, 1, 2, 1.5] } }) },
  {
    what: "Upsample-9 linear",
    opset: 9,
    inputs: { x: image },
    initializers: { s: f32([4], [1, 1, 2, 2.5]) },
    ...one("Upsample", { mode: "linear" }, ["x", "s"]),
  },
  {
    what: "references to a function's attributes",
    opset: 12,
    inputs: { x: random(2, 3, 4) },
    nodes: [{ op: "Centre", domain: "test", inputs: ["x"], outputs: ["y"], attributes: { along: [2], from: 1 } }],
    outputs: ["y"],
    fn: {
      name: "Centre",
      inputs: ["a"],
      outputs: ["d"],
      attributes: ["along", "from"],
      nodes: [
        { op: "ReduceMean", inputs: ["a"], outputs: ["m"], attributes: { axes: { ref: "along", as: Kind.INTS } } },
        { op: "Sub", inputs: ["a", "m"], outputs: ["s"] },
        { op: "Softmax", inputs: ["s"], outputs: ["p"], attributes: { axis: { ref: "from", as: Kind.INT } } },
        { op: "Squeeze", inputs: ["m"], outputs: ["q"], attributes: { axes: { ref: "along", as: Kind.INTS } } },
        { op: "Unsqueeze", inputs: ["q"], outputs: ["r"], attributes: { axes: { ref: "along", as: Kind.INTS } } },
        { op: "Add", inputs: ["p", "r"], outputs: ["d"] },
      ],
    },
  },
];

describe("upgrades", () => {
  it.each(cases.map((each) => [each.what, each] as const))("%s", async (_what, each) => {
    const old = oldFile(each);
    const model = readModel(old);
    if (each.becomes !== undefined) expect(model.graph.nodes.map(({ op }) => op)).toEqual(each.becomes);
    const [before, after] = [await run(old, each.inputs), await run(writeModel(model), each.inputs)];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, { dims, data }] of Object.entries(before)) {
      expect(after[name]!.dims).toEqual(dims);
      const [want, got] = [data, after[name]!.data].map((values) => Array.from(values as Iterable<number>, Number));
      const worst = Math.max(0, ...want!.map((value, index) => Math.abs(value - got![index]!)));
      expect(worst).toBeLessThanOrEqual(1e-6);
    }
  });

  it("are each exercised by a case", () => {
    // Training graphs cannot run in ONNX Runtime, so that one has its own test.
    const untested = upgrades.flatMap(({ ops, to }) => {
      const isTested = (op: string) =>
        cases.some(
          ({ opset, nodes, fn }) => opset < to && [...nodes, ...(fn?.nodes ?? [])].some((node) => node.op === op),
        );
      return ops.some(isTested) ? [] : [`${ops.join(" ")} ${to}`];
    });
    expect(untested).toEqual([]);
  });
});

it("Dropout-7 casts the mask back to the type of the data", () => {
  const call = one("Dropout", {}, ["x"], ["y", "mask"]);
  const model = readModel(oldFile({ opset: 7, inputs: { x: random(5) }, ...call }));
  expect(model.graph.nodes.map(({ op }) => op)).toEqual(["Dropout", "CastLike"]);
  expect(model.graph.nodes[1]!.outputs[0]).toBe(model.graph.outputs[1]);
});

describe("BatchNormalization-9 with statistics as outputs", () => {
  const training = (outputs: string[], results = outputs.slice(0, 3)): OldFile => ({
    opset: 9,
    inputs: { x: random(2, 3), s: random(3), b: random(3), m: random(3), v: positive(3) },
    nodes: [{ op: "BatchNormalization", inputs: ["x", "s", "b", "m", "v"], outputs }],
    outputs: results,
  });

  it("becomes a training node and loses the saved statistics that nobody reads", () => {
    const [node] = readModel(oldFile(training(["y", "mean", "var", "sm", "sv"]))).graph.nodes;
    expect(node!.attributes.training_mode).toEqual({ type: "int", value: 1 });
    expect(node!.outputs.map((output) => output?.name)).toEqual(["y", "mean", "var"]);
  });

  it("is refused where the saved statistics are read", () => {
    expect(() => readModel(oldFile(training(["y", "mean", "var", "sm", "sv"], ["y", "sm"])))).toThrow(
      /saved batch statistics/,
    );
  });
});

describe("forms that have no successor", () => {
  it("Resize-11 tf_half_pixel_for_nn with ceil", () => {
    const attributes = { coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode: "ceil" };
    const initializers = { none: f32([0], []), s: f32([4], [1, 1, 2, 2]) };
    const file = oldFile({
      opset: 11,
      inputs: { x: image },
      initializers,
      ...one("Resize", attributes, ["x", "none", "s"]),
    });
    expect(() => readModel(file)).toThrow(/no form in present ONNX/);
  });

  it("Upsample in a file that is too new for it", () => {
    const file = oldFile({ opset: 11, inputs: { x: image }, ...one("Upsample", { mode: "nearest" }) });
    expect(() => readModel(file)).toThrow(/left ONNX at operator set 10/);
  });
});

async function run(bytes: Uint8Array, inputs: Readonly<Record<string, Tensor>>) {
  const session = await engine.load(bytes, { optimisation: "disabled" });
  return session.run(inputs);
}
