/**
 * @file Times every lowering of a convolution's gradients, one by one, in ONNX Runtime with one thread, on the layer
 * shapes of LeNet-5, cnn5, ResNet-20 and some others, and prints the rows of src/operators/conv-lowering-table.ts.
 *
 *   node bench/run.mjs conv-lowerings            every shape, about two minutes
 *   node bench/run.mjs conv-lowerings resnet20   shapes whose name contains the word
 */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { Rng } from "../src/base/rng.ts";
import { sizeOf } from "../src/base/tensor.ts";
import { blockConvolutions } from "../src/engine/blocked-convolutions.ts";
import { channelsOfBlock, OrtEngine } from "../src/engine/ort.ts";
import { sessionOptions } from "../src/engine/session-options.ts";
import { Graph } from "../src/graph/graph.ts";
import { Model } from "../src/graph/model.ts";
import type { Value } from "../src/graph/value.ts";
import { writeModel } from "../src/onnx/index.ts";
import { inputGradient, inputLowerings } from "../src/operators/conv-input-gradient.ts";
import { weightGradient, weightLowerings } from "../src/operators/conv-weight-gradient.ts";
import { convAttributes, convWindow } from "../src/operators/convolution.ts";
import { dimsOf, Emit, readAttributes, writeAttributes } from "../src/operators/index.ts";

interface Layer {
  readonly name: string;
  /** [N, C, …] and [O, C/group, …] */
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly stride?: number;
  readonly pad?: number;
  readonly group?: number;
}

const layers: readonly Layer[] = [
  { name: "lenet5 1", x: [64, 1, 28, 28], w: [6, 1, 5, 5], pad: 2 },
  { name: "lenet5 2", x: [64, 6, 14, 14], w: [16, 6, 5, 5] },
  { name: "lenet5 3", x: [100, 16, 5, 5], w: [120, 16, 5, 5] },
  { name: "cnn5 1", x: [64, 1, 28, 28], w: [32, 1, 3, 3], pad: 1 },
  { name: "cnn5 2", x: [64, 32, 28, 28], w: [64, 32, 3, 3], pad: 1 },
  { name: "cnn5 2 pooled", x: [64, 32, 14, 14], w: [64, 32, 3, 3], pad: 1 },
  { name: "cnn5 3", x: [64, 64, 14, 14], w: [128, 64, 3, 3], pad: 1 },
  { name: "cnn5 rgb", x: [64, 3, 32, 32], w: [32, 3, 3, 3], pad: 1 },
  { name: "resnet20 first", x: [128, 3, 32, 32], w: [16, 3, 3, 3], pad: 1 },
  { name: "resnet20 16", x: [128, 16, 32, 32], w: [16, 16, 3, 3], pad: 1 },
  { name: "resnet20 16-32", x: [128, 16, 32, 32], w: [32, 16, 3, 3], pad: 1, stride: 2 },
  { name: "resnet20 32", x: [128, 32, 16, 16], w: [32, 32, 3, 3], pad: 1 },
  { name: "resnet20 32-64", x: [128, 32, 16, 16], w: [64, 32, 3, 3], pad: 1, stride: 2 },
  { name: "resnet20 64", x: [128, 64, 8, 8], w: [64, 64, 3, 3], pad: 1 },
  { name: "resnet20 shortcut 16-32", x: [128, 16, 32, 32], w: [32, 16, 1, 1], stride: 2 },
  { name: "resnet20 shortcut 32-64", x: [128, 32, 16, 16], w: [64, 32, 1, 1], stride: 2 },
  { name: "resnet18 64", x: [32, 64, 32, 32], w: [64, 64, 3, 3], pad: 1 },
  { name: "resnet18 256", x: [32, 256, 8, 8], w: [256, 256, 3, 3], pad: 1 },
  { name: "5x5 on 12", x: [64, 32, 12, 12], w: [64, 32, 5, 5], pad: 2 },
  { name: "pointwise wide", x: [64, 64, 14, 14], w: [128, 64, 1, 1] },
  { name: "pointwise narrow", x: [64, 16, 32, 32], w: [32, 16, 1, 1] },
  { name: "patches", x: [64, 3, 32, 32], w: [64, 3, 4, 4], stride: 4 },
  { name: "groups of 4", x: [64, 32, 16, 16], w: [32, 4, 3, 3], pad: 1, group: 8 },
  { name: "groups of 16", x: [64, 64, 14, 14], w: [64, 16, 3, 3], pad: 1, group: 4 },
  { name: "depthwise 32", x: [64, 32, 32, 32], w: [32, 1, 3, 3], pad: 1, group: 32 },
  { name: "depthwise 96 stride 2", x: [64, 96, 16, 16], w: [96, 1, 3, 3], pad: 1, group: 96, stride: 2 },
  { name: "depthwise 64 on 25 x 5", x: [64, 64, 25, 5], w: [64, 1, 3, 3], pad: 1, group: 64 },
  { name: "depthwise 192", x: [64, 192, 8, 8], w: [192, 1, 3, 3], pad: 1, group: 192 },
  { name: "one axis", x: [64, 16, 128], w: [32, 16, 5], pad: 2 },
];

const rng = new Rng(1, "bench");

/** As training runs them: in blocks of so many channels. */
const engine = new OrtEngine();
const block = await channelsOfBlock(engine);
await engine.close();

/** A session on one form, and its inputs. */
async function open(
  layer: Layer,
  lowerings: Record<string, string>,
  build: (g: Emit, v: Values) => Value,
  isBlocked = true,
): Promise<() => Promise<number>> {
  const graph = new Graph("bench");
  const g = new Emit(graph, { lowerings });
  const { stride = 1, pad = 0, group = 1 } = layer;
  const spatial = layer.x.slice(2);
  const at = readAttributes(
    convAttributes,
    writeAttributes(convAttributes, {
      strides: spatial.map(() => stride),
      pads: [...spatial, ...spatial].map(() => pad),
      group,
    }),
  ) as never;
  const x = graph.addInput("x", { dtype: "float32", dims: layer.x });
  const w = graph.addInput("w", { dtype: "float32", dims: layer.w });
  const window = convWindow(at, layer.x, layer.w);
  const probe = g.op("Conv", [x, w], { ...(at as object) });
  const dy = graph.addInput("dy", { dtype: "float32", dims: dimsOf(probe) });
  graph.removeNodes(graph.nodes);
  const result = build(g, { x, w, dy, window, group, at });
  // One element leaves the graph, so that copying the output out does not count
  const first = g.op("Slice", [g.reshape(result, [sizeOf(dimsOf(result) as number[])]), g.ints([0]), g.ints([1])]);
  graph.addOutput(first);
  const used = graph.inputs.filter((input) => input.isUsed);
  graph.inputs.splice(0, Number.POSITIVE_INFINITY, ...used);
  graph.pruneInitializers();
  const model = new Model(graph);
  if (isBlocked) blockConvolutions(model, block);
  const session = await InferenceSession.create(writeModel(model), sessionOptions({ threads: 1, keepQdq: true }));
  const feeds = Object.fromEntries(
    used.map((input) => {
      const dims = dimsOf(input) as number[];
      const data = Float32Array.from({ length: sizeOf(dims) }, () => rng.uniform() - 0.5);
      return [input.name, new OrtTensor("float32", data, dims)];
    }),
  );
  await session.run(feeds);
  return async () => {
    const start = performance.now();
    await session.run(feeds);
    return performance.now() - start;
  };
}

/** The least of nine times of each form, taken in turns, so that what else the machine does meets all of them alike. */
async function race(forms: Record<string, () => Promise<number>>): Promise<Record<string, number>> {
  const least: Record<string, number> = {};
  for (let round = 0; round < 9; round++) {
    for (const [name, run] of Object.entries(forms))
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, await run());
  }
  return least;
}

interface Values {
  readonly x: Value;
  readonly w: Value;
  readonly dy: Value;
  readonly window: ReturnType<typeof convWindow>;
  readonly group: number;
  readonly at: object;
}

const print = (times: Record<string, number>) =>
  Object.entries(times)
    .map(([name, ms]) => `${name}: ${ms.toFixed(1)}`)
    .join(", ");

console.log("// name · forward ms, without blocks · best dX and dW relative to forward");
const word = process.argv[3] ?? "";
for (const layer of layers.filter(({ name }) => name.includes(word))) {
  const { stride = 1, pad = 0, group = 1 } = layer;
  const convolve = (g: Emit, { x, w, at }: Values) => g.op("Conv", [x, w], { ...at });
  const forms: Record<string, () => Promise<number>> = {
    plain: await open(layer, {}, convolve, false),
    forward: await open(layer, {}, convolve),
  };
  for (const lowering of inputLowerings(layer.x.slice(2).map(() => stride))) {
    forms[`dX ${lowering}`] = await open(layer, { "Conv.dX": lowering }, (g, { x, w, dy, ...rest }) =>
      inputGradient(g, { w, dy, dims: dimsOf(x) }, rest.group, rest.window),
    );
  }
  for (const lowering of weightLowerings(layer.w, group, layer.x[0]!)) {
    forms[`dW ${lowering}`] = await open(layer, { "Conv.dW": lowering }, (g, { x, w, dy, ...rest }) =>
      weightGradient(g, { x, dy, dims: dimsOf(w) }, rest.group, rest.window),
    );
  }
  const times = await race(forms);
  const of = (prefix: string) =>
    Object.fromEntries(
      Object.entries(times).flatMap(([name, ms]) => (name.startsWith(prefix) ? [[name.slice(3), ms]] : [])),
    );
  const [forward, dX, dW] = [times.forward!, of("dX "), of("dW ")];
  const ratio = (times: Record<string, number>) => (Math.min(...Object.values(times)) / forward).toFixed(1);
  console.log(`// ${layer.name} · ${forward.toFixed(1)}, ${times.plain!.toFixed(1)} · dX ${ratio(dX)} dW ${ratio(dW)}`);
  console.log(
    `{ x: [${layer.x.join(", ")}], w: [${layer.w.join(", ")}], stride: ${stride}, pad: ${pad}, group: ${group}, ` +
      `dX: { ${print(dX)} }, dW: { ${print(dW)} } },`,
  );
}
