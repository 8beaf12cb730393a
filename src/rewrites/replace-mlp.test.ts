import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { numbers, type Tensor, tensor } from "../base/tensor.ts";
import { directories } from "../data/locate.ts";
import { countWork } from "../energy/index.ts";
import { OrtEngine } from "../engine/index.ts";
import { runReference } from "../engine/reference.ts";
import { cloneModel } from "../graph/clone.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { readModel, readModelFile, writeModel } from "../onnx/index.ts";
import { Emit, inferModel } from "../operators/index.ts";
import { bertTiny, charGpt, countModel, mlp, vitTiny } from "../zoo/index.ts";
import { attachFunctions } from "./attach-functions.ts";
import { removeMlp } from "./remove-mlp.ts";
import { replaceMlp } from "./replace-mlp.ts";
import { transformerMlps } from "./transformer-mlps.ts";
import { BLOCK_DEFAULTS } from "./weightless-block.ts";
import { blockParameters, hardenBlocks, weightlessBlocks } from "./weightless-blocks.ts";

const small = { ...BLOCK_DEFAULTS, layers: [24, 40], inputs: 4, bits: 3, candidates: 16 };
const engine = new OrtEngine();
afterAll(() => engine.close());

const ids = (dims: readonly number[], below: number) =>
  tensor(
    "int64",
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => (7 * i + 3) % below),
  );
const pixels = (dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
  );

const networks: readonly (readonly [string, Model, Record<string, Tensor>, number, number])[] = [
  ["vitTiny", vitTiny({ depth: 3, width: 24, size: 8 }), { x: pixels([2, 3, 8, 8]) }, 3, 24],
  ["charGpt", charGpt({ depth: 2, width: 16, heads: 2, context: 8 }), { tokens: ids([3, 8], 65) }, 2, 16],
  [
    "bertTiny",
    bertTiny({ vocabulary: 50, width: 32, length: 12 }),
    {
      input_ids: ids([2, 12], 50),
      token_type_ids: tensor("int64", [2, 12], new Array(24).fill(0)),
      attention_mask: tensor("int64", [2, 12], new Array(24).fill(1)),
    },
    2,
    32,
  ],
];

/** As a file of its own: femto operators with their bodies, which nobody but ONNX Runtime has read. */
function fileOf(model: Model): Uint8Array {
  const copy = cloneModel(model);
  attachFunctions.run(copy);
  return writeModel(copy);
}

async function answer(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Float64Array | Float32Array> {
  const session = await engine.load(bytes);
  const results = await session.run(feeds, { fetch: ["logits"] });
  await session.release();
  return numbers(results.logits!);
}

describe("replaceMlp", () => {
  it.each(networks)(
    "swaps every MLP of %s for a block that ONNX Runtime runs",
    async (_, model, feeds, depth, width) => {
      const before = writeModel(model);
      const { model: replaced, blocks } = replaceMlp(model, 1, small);
      expect(writeModel(model)).toEqual(before);
      expect(blocks.map((block) => [block.name, block.width, block.hidden])).toEqual(
        Array.from({ length: depth }, (_, i) => [`mlp${i + 1}`, width, 4 * width]),
      );
      expect(weightlessBlocks(replaced).length).toBe(depth);
      expect(() => transformerMlps(replaced)).toThrow(expect.objectContaining({ code: "rewrite.mlp" }));
      // Interface and shapes stay.
      expect(replaced.graph.outputs.map((value) => [value.name, value.type])).toEqual(
        model.graph.outputs.map((value) => [value.name, value.type]),
      );
      const [given, hard] = [
        await answer(fileOf(replaced), feeds),
        await answer(fileOf(hardenBlocks(replaced)), feeds),
      ];
      expect(hard).toEqual(given);
      const plain = runReference(replaced, feeds).outputs.logits!;
      for (const [i, value] of numbers(plain).entries()) expect(given[i]).toBeCloseTo(value, 4);
      // The blocks do something, and reading the file again changes nothing.
      expect(await answer(fileOf(removeMlp(model)), feeds)).not.toEqual(given);
      expect(await answer(writeModel(readModel(fileOf(hardenBlocks(replaced)))), feeds)).toEqual(given);
    },
  );

  it.each(networks)("leaves no multiplication in the place of the MLPs of %s", (_, model) => {
    const inside = new Set(transformerMlps(model).flatMap(({ first, second }) => [first.node.name, second.node.name]));
    const dense = countModel(model, { N: 1 });
    const mlpMacs = dense.layers.reduce((sum, { node, macs }) => sum + (inside.has(node.name) ? macs : 0), 0);
    const replaced = hardenBlocks(replaceMlp(model, 1, small).model);
    const now = countModel(replaced, { N: 1 });
    expect(mlpMacs).toBeGreaterThan(0);
    expect(now.macs).toBe(dense.macs - mlpMacs);
    const ops = countWork(replaced, { N: 1 }).nodes.flatMap(({ name, ops }) => (name.startsWith("mlp") ? ops : []));
    expect(new Set(ops.map(({ op }) => op))).toEqual(new Set(["compare", "tableRead", "accumulate"]));
    expect(now.macs).toBe(countModel(removeMlp(model), { N: 1 }).macs);
  });

  it("names what is learned: thresholds, scores, tables, vectors of every block", () => {
    const { model } = replaceMlp(charGpt({ depth: 2, width: 16, heads: 2, context: 8 }), 1, small);
    const roles = [...blockParameters(model)].filter(([name]) => name.startsWith("mlp2/"));
    expect(Object.fromEntries(roles)).toEqual({
      "mlp2/thresholds": "thresholds",
      "mlp2/scores": "scores",
      "mlp2/tables1": "tables",
      "mlp2/tables2": "tables",
      "mlp2/vectors": "vectors",
    });
    const vectors = model.graph.initializers.find(({ name }) => name === "mlp1/vectors")!.constant!;
    const squares = [...numbers(vectors)].reduce((sum, v) => sum + v * v, 0);
    const deviation = Math.sqrt(squares / vectors.data.length);
    expect(deviation).toBeGreaterThan(0.018);
    expect(deviation).toBeLessThan(0.022);
  });

  it("starts thresholds at quantiles of the norm's output, with its scale and shift", () => {
    const source = charGpt({ depth: 1, width: 16, heads: 2, context: 8 });
    const norm = transformerMlps(source)[0]!.norm;
    norm.inputs[1]!.constant = tensor("float32", [16], new Array(16).fill(-2));
    const { model } = replaceMlp(source, 1, small);
    const start = model.graph.initializers.find(({ name }) => name === "mlp1/thresholds")!.constant!;
    // Quartiles of N(0, 4): ∓2·0.67449, 0.
    expect([...numbers(start).subarray(0, 3)].map((t) => t.toFixed(4))).toEqual(["-1.3490", "0.0000", "1.3490"]);
  });

  it("lets all layers select vectors, and takes a fixed mapping", async () => {
    const [, model, feeds] = networks[1]!;
    const options = { ...small, selects: "all", mapping: "random" } as const;
    const { model: replaced } = replaceMlp(model, 1, options);
    const vectors = replaced.graph.initializers.find(({ name }) => name === "mlp1/vectors")!.constant!;
    expect(vectors.dims).toEqual([64, 16]);
    expect(blockParameters(replaced).has("mlp1/scores")).toBe(false);
    expect(await answer(fileOf(hardenBlocks(replaced)), feeds)).toEqual(await answer(fileOf(replaced), feeds));
  });

  it.each(["threshold", "uniform"] as const)("keeps packed tables of %s entries", async (entries) => {
    const [, model, feeds] = networks[1]!;
    const { model: replaced } = replaceMlp(model, 1, { ...small, entries });
    const first = replaced.graph.initializers.find((value) => value.name === "mlp1/tables1")!.constant!;
    expect(first.dims).toEqual([24, 16]);
    const values = Array.from(numbers(first));
    // A threshold unit says the opposite of the opposite inputs; a uniform entry knows nothing of any other.
    const isOdd = values.every((v, i) => Math.abs(v + values[i ^ 15]!) < 1e-6);
    expect(isOdd).toBe(entries === "threshold");
    const hard = hardenBlocks(replaced);
    expect(await answer(fileOf(hard), feeds)).toEqual(await answer(fileOf(replaced), feeds));
    for (const { layers } of weightlessBlocks(hard)) {
      expect(layers.map(({ kind, inputs }) => [kind, inputs[1]!.constant!.dtype])).toEqual([
        ["femto.LutLayer", "uint64"],
        ["femto.LutLayer", "uint64"],
      ]);
    }
  });

  it("takes MLPs as exporters write them: Gemm on flattened tokens, GELU in pieces, open dimensions", async () => {
    for (const dims of [
      [2, 5, 6],
      ["batch", "sequence", 6],
    ]) {
      const graph = new Graph("exported");
      const g = new Emit(graph);
      const x = graph.addInput("x", { dtype: "float32", dims });
      const w = (name: string, shape: readonly number[]) => graph.addInitializer(name, pixels(shape));
      const normed = g.op("LayerNormalization", [x, w("scale", [6])], { axis: -1 });
      const flat = g.op("Reshape", [normed, g.ints([-1, 6])]);
      const wide = g.op("Gemm", [flat, w("w1", [6, 24]), w("b1", [24])]);
      const half = g.scale(wide, 0.5);
      const erf = g.op("Erf", [g.div(wide, g.scalar(wide, Math.SQRT2))]);
      const active = g.mul(half, g.add(erf, g.scalar(wide, 1)));
      const narrow = g.op("Gemm", [active, w("w2", [24, 6]), w("b2", [6])]);
      const logits = g.add(x, g.op("Reshape", [narrow, g.op("Shape", [x])])) as Value;
      logits.name = "logits";
      graph.addOutput(logits);
      const model = readModel(writeModel(new Model(graph)));
      inferModel(model);
      const { model: replaced } = replaceMlp(model, 1, small);
      expect(weightlessBlocks(replaced).length).toBe(1);
      expect(replaced.graph.initializers.some(({ name }) => name === "w1")).toBe(false);
      const feeds = { x: pixels([2, 5, 6]) };
      const hard = hardenBlocks(replaced);
      const given = await answer(fileOf(hard), feeds);
      for (const [i, value] of numbers(runReference(hard, feeds).outputs.logits!).entries()) {
        expect(given[i]).toBeCloseTo(value, 4);
      }
    }
  });

  it.each([
    ["inputs", { inputs: 0 }],
    ["inputs", { inputs: 11 }],
    ["inputs", { inputs: 2.5 }],
    ["bits", { bits: 0 }],
    ["layers", { layers: [] }],
    ["layers", { layers: [16, 0] }],
    ["candidates", { candidates: 0 }],
  ])("refuses a block that cannot be: %s %j", (name, own) => {
    expect(() => replaceMlp(charGpt({ depth: 1 }), 1, { ...small, ...own })).toThrow(
      expect.objectContaining({ code: "option.range", where: `option ${name}` }),
    );
  });

  it("says so where there is no MLP", () => {
    for (const go of [() => replaceMlp(mlp(), 1, small), () => removeMlp(mlp())]) {
      expect(go).toThrow(expect.objectContaining({ code: "rewrite.mlp" }));
    }
  });

  const structures = directories("models")
    .flatMap((folder) =>
      ["alexnet", "resnet50", "squeezenet", "shufflenet"].map((name) =>
        join(folder, "structure", `light_${name === "alexnet" ? "bvlc_alexnet" : name}.onnx`),
      ),
    )
    .filter((path) => existsSync(path));
  it.runIf(structures.length > 0)("says so for real networks without attention", () => {
    for (const path of structures) {
      const model = readModelFile(path);
      inferModel(model);
      expect(() => replaceMlp(model, 1, small)).toThrow(expect.objectContaining({ code: "rewrite.mlp" }));
    }
  });
});
