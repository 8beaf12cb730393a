import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { f32, i64, isAbsent, type Tensor, tensor, zeros } from "../base/tensor.ts";
import { countWork } from "../energy/counts.ts";
import { Model } from "../graph/model.ts";
import { Emit } from "../operators/index.ts";
import { readModelFile, writeModelFile } from "./files.ts";
import { decode, encode } from "./protobuf.ts";
import { readModel } from "./read-model.ts";
import { inMemory, MOST_KEPT_BYTES, withoutWeights } from "./without-weights.ts";
import { writeModel } from "./write-model.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "femto-absent-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const constantsOf = (model: Model) => new Map(model.graph.initializers.map(({ name, constant }) => [name, constant!]));

function codeOf(body: () => unknown): string | undefined {
  try {
    body();
    return undefined;
  } catch (error) {
    if (error instanceof FemtoError) return error.code;
    throw error;
  }
}

/** Ten products of 1619 × 1619: 104.8 MB of weights, and a Reshape whose shape must be known. */
function bigModel(): Model {
  const size = 1619;
  const model = new Model();
  const g = new Emit(model.graph);
  const x = model.graph.addInput("x", { dtype: "float32", dims: [1, 1, size] });
  let y = g.op("Reshape", [x, g.constant(i64([1, size]))]);
  for (let i = 0; i < 10; i++) y = g.matmul(y, g.constant(zeros("float32", [size, size])));
  model.graph.addOutput(y);
  return model;
}

describe("a file of 100 MB", () => {
  let path = "";
  beforeAll(() => {
    path = join(folder, "big.onnx");
    writeModelFile(bigModel(), path);
    expect(statSync(path).size).toBeGreaterThan(100e6);
  });

  test("is counted without reading its weights' bytes", () => {
    const before = bytesRead();
    const { layers } = countWork(readModelFile(path, { weights: "absent" }));
    const after = bytesRead();
    expect(layers).toHaveLength(10);
    expect(layers.every(({ nW }) => nW === 1619 ** 2)).toBe(true);
    // what the process has read, where the system counts it
    if (before !== undefined) expect(after! - before).toBeLessThan(1e6);
  });

  test("is asked for a few pages", () => {
    const file = openSync(path, "r");
    let asked = 0;
    const kept = withoutWeights({
      size: statSync(path).size,
      read(offset, length) {
        asked += length;
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
      },
    });
    closeSync(file);
    expect(asked).toBeLessThan(200_000);
    expect(kept.length).toBeLessThan(5_000);
  });
});

/** Bytes that this process has read from files, as Linux counts them. */
function bytesRead(): number | undefined {
  if (!existsSync("/proc/self/io")) return undefined;
  return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))![1]);
}

test("ResNet-18 whose weights are not there", () => {
  const path = new URL("../../golden/zigzag/workload/resnet18.onnx", import.meta.url).pathname;
  expect(codeOf(() => readModelFile(path))).toBe("onnx.external");
  const { layers } = countWork(readModelFile(path, { weights: "absent" }));
  expect(layers).toHaveLength(21);
  expect(layers.reduce((sum, { macs }) => sum + macs, 0)).toBe(1_814_073_344);
  // the same from bytes, as a browser has them
  const again = countWork(readModel(readFileSync(path), { weights: "absent" }));
  expect(again.layers).toEqual(layers);
});

describe("absent elements", () => {
  const model = new Model();
  const large = f32([300], new Float32Array(300).fill(1));
  const small = f32([2], [1, 2]);
  for (const [name, constant] of Object.entries({ large, small })) {
    model.graph.addOutput(model.graph.addInitializer(name, constant));
  }
  const read = () => readModel(writeModel(model), { weights: "absent" });

  test("small tensors are kept, large ones keep type and shape", () => {
    const constants = constantsOf(read());
    expect(constants.get("small")).toEqual(small);
    expect(isAbsent(constants.get("large")!)).toBe(true);
    expect(isAbsent(small)).toBe(false);
    expect(constants.get("large")).toMatchObject({ dtype: "float32", dims: [300] });
  });

  test("whoever touches them fails with one message", () => {
    const { graph } = read();
    const absent = graph.initializers.find(({ name }) => name === "large")!.constant!;
    expect(codeOf(() => absent.data)).toBe("tensor.absent");
    expect(codeOf(() => writeModel(read()))).toBe("tensor.absent");
  });

  test("a large file beside the model is not opened, a small tensor in it is read", () => {
    const path = join(folder, "outside.onnx");
    writeModelFile(model, path, { externalDataAbove: 4 });
    expect(constantsOf(readModelFile(path, { weights: "absent" })).get("small")).toEqual(small);
    rmSync(`${path}.data`);
    const constants = constantsOf(readModelFile(path, { weights: "absent" }));
    expect([...constants.values()].map(isAbsent)).toEqual([true, true]);
  });

  test("a path that leads out of the folder is refused all the same", () => {
    const bytes = writeModel(model);
    const proto = decode(ModelProtoSchema, bytes);
    const initializer = proto.graph!.initializer.find(({ name }) => name === "small")!;
    Object.assign(initializer, { dataLocation: 1, rawData: new Uint8Array(0) });
    initializer.externalData.push({
      $typeName: "onnx.StringStringEntryProto",
      key: "location",
      value: "../secret",
    });
    const path = { name: "m", weights: "absent", externalData: () => new Uint8Array(8) } as const;
    expect(codeOf(() => readModel(encode(ModelProtoSchema, proto), path))).toBe("onnx.external");
  });
});

test("elements in any field, in attributes and in subgraphs are cut", () => {
  const bulk = { dims: [400n], dataType: TensorProto_DataType.FLOAT };
  const proto = create(ModelProtoSchema, {
    graph: {
      initializer: [
        { ...bulk, name: "typed", floatData: new Array<number>(400).fill(1) },
        {
          dims: [400n],
          dataType: TensorProto_DataType.INT64,
          name: "ints",
          int64Data: new Array<bigint>(400).fill(-1n),
        },
      ],
      node: [
        {
          opType: "Constant",
          attribute: [
            { name: "value", type: AttributeProto_AttributeType.TENSOR, t: { ...bulk, rawData: new Uint8Array(1600) } },
          ],
        },
        {
          opType: "If",
          attribute: [
            {
              name: "then_branch",
              type: AttributeProto_AttributeType.GRAPH,
              g: { initializer: [{ ...bulk, rawData: new Uint8Array(1600) }] },
            },
          ],
        },
      ],
    },
    functions: [{ name: "f", node: [{ attribute: [{ name: "t", t: { ...bulk, rawData: new Uint8Array(1600) } }] }] }],
  });
  const cut = withoutWeights(inMemory(encode(ModelProtoSchema, proto)));
  expect(cut.length).toBeLessThan(300);
  const { graph, functions } = decode(ModelProtoSchema, cut);
  const tensors = [
    ...graph!.initializer,
    graph!.node[0]!.attribute[0]!.t!,
    graph!.node[1]!.attribute[0]!.g!.initializer[0]!,
    functions[0]!.node[0]!.attribute[0]!.t!,
  ];
  expect(tensors.map(({ dims }) => dims)).toEqual(tensors.map(() => [400n]));
  expect(
    tensors.every(({ rawData, floatData, int64Data }) => rawData.length + floatData.length + int64Data.length === 0),
  ).toBe(true);
});

describe("laws", () => {
  const constant = fc
    .tuple(fc.constantFrom("float32", "int64", "uint8", "string"), fc.integer({ min: 0, max: 400 }))
    .map(([dtype, count]) =>
      tensor(dtype as "float32", [count], new Array(count).fill(dtype === "string" ? "text" : 1)),
    );
  const models = fc.array(constant, { maxLength: 6 }).map((constants) => {
    const model = new Model();
    for (const [i, value] of constants.entries()) model.graph.addOutput(model.graph.addInitializer(`c${i}`, value));
    return model;
  });
  const bytesOf = (t: Tensor) =>
    Array.isArray(t.data) ? t.data.reduce((sum, text) => sum + text.length, 0) : t.data.byteLength;

  test("what is kept is what was written", () => {
    fc.assert(
      fc.property(models, (model) => {
        const [whole, cut] = [model, readModel(writeModel(model), { weights: "absent" })].map(constantsOf);
        for (const [name, value] of whole!) {
          if (bytesOf(value) > MOST_KEPT_BYTES) {
            expect(isAbsent(cut!.get(name)!)).toBe(true);
            expect(cut!.get(name)).toMatchObject({ dtype: value.dtype, dims: value.dims });
          } else expect(cut!.get(name)).toEqual(value);
        }
      }),
    );
  });

  test("a damaged file is refused like any other", () => {
    fc.assert(
      fc.property(models, fc.nat(), fc.nat(255), fc.boolean(), (model, at, byte, isCutOff) => {
        const bytes = writeModel(model);
        const place = at % (bytes.length + 1);
        const damaged = isCutOff ? bytes.subarray(0, place) : bytes.with(Math.min(place, bytes.length - 1), byte);
        // a FemtoError, or a model whose damage lies in a name or in elements
        codeOf(() => readModel(damaged, { weights: "absent" }));
      }),
    );
  });

  test("nesting without end is refused, not followed", () => {
    let graph = new Uint8Array(0);
    const wrap = (field: number, content: Uint8Array): Uint8Array<ArrayBuffer> => {
      const length: number[] = [];
      let rest = content.length;
      for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
      return Uint8Array.from([...[field * 8 + 2], ...length, rest, ...content]);
    };
    // graph › node › attribute › graph …
    for (let i = 0; i < 300; i++) graph = wrap(1, wrap(5, wrap(6, graph)));
    expect(codeOf(() => readModel(wrap(7, graph), { weights: "absent" }))).toBe("onnx.depth");
  });
});
