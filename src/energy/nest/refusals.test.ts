import { describe, expect, test } from "vitest";
import type { ErrorFields } from "../../base/errors.ts";
import { loadMachine } from "../../machines/index.ts";
import type { NestArchitecture } from "./architecture.ts";
import { evaluateNest } from "./evaluate.ts";
import type { NestLayer } from "./layer.ts";
import { nestLayerOf } from "./layer-of-node.ts";
import { nestOfMachine } from "./of-machine.ts";
import { problemOf } from "./problem.ts";
import { searchNest } from "./search.ts";
import { goldenFile, readHardware } from "./zigzag.fixture.ts";

const architecture = readHardware(goldenFile("hardware/gemm_l1.yaml"));
const product: NestLayer = {
  name: "product",
  loops: [
    { name: "C", size: 128 },
    { name: "D", size: 128 },
    { name: "K", size: 128 },
  ],
  operands: [
    { operand: "output", bits: 8, partialBits: 32, axes: [{ steps: { D: 1 } }, { steps: { K: 1 } }] },
    { operand: "input", bits: 8, axes: [{ steps: { D: 1 } }, { steps: { C: 1 } }] },
    { operand: "weight", bits: 8, axes: [{ steps: { C: 1 } }, { steps: { K: 1 } }] },
  ],
};
const wanted = { D1: { D: 8 }, D2: { C: 8 }, D3: { K: 8 } };
const problem = problemOf(product, architecture, wanted);

const refused = (body: () => unknown, fields: Partial<Record<keyof ErrorFields, unknown>>) =>
  expect(body).toThrow(expect.objectContaining(fields));

describe("no mapping fits", () => {
  const small = (sizeBits: number): NestArchitecture => ({
    ...architecture,
    memories: architecture.memories.map((memory) => (memory.name === "l1" ? { ...memory, sizeBits } : memory)),
  });

  test("the outermost memory cannot hold the layer: which, and by how much", () => {
    // 3 × 128 × 128 elements of 8 bits
    refused(() => searchNest(problemOf(product, small(393_215), wanted)), {
      code: "nest.none",
      where: "layer product on gemm_l1",
      message: "no order of its loops fits: l1 is too small for input, weight, output",
      expected: "at least 393216 bits in l1",
      got: expect.stringContaining("393215 bits, 1 too few"),
    });
    expect(searchNest(problemOf(product, small(393_216), wanted)).fitting).toBeGreaterThan(0);
  });

  test("a register cannot hold one partial sum", () => {
    const memories = architecture.memories.map((memory) =>
      memory.name === "reg_O" ? { ...memory, sizeBits: 24 } : memory,
    );
    refused(() => searchNest(problemOf(product, { ...architecture, memories }, wanted)), {
      code: "nest.none",
      message: expect.stringContaining("reg_O is too small for output"),
      expected: "at least 32 bits in reg_O",
      got: expect.stringContaining("24 bits, 8 too few"),
    });
  });

  test("a given mapping overfills a memory", () => {
    const order = [
      { loop: "C", size: 16 },
      { loop: "D", size: 16 },
      { loop: "K", size: 16 },
    ];
    refused(() => evaluateNest(problem, { order, held: { output: [2, 3], weight: [3], input: [3] } }), {
      code: "nest.capacity",
      message: "reg_O is too small for the mapping",
      expected: "at most 32 bits",
      got: expect.stringContaining("too many (output"),
    });
  });
});

describe("orders", () => {
  test.each([
    [{ inner: [{ loop: "Q" }], outer: [] }, "there is no loop Q"],
    [{ inner: [{ loop: "C", size: 3 }], outer: [] }, "loop C cannot be cut as demanded"],
    [
      { inner: [{ loop: "C" }, { loop: "C" }], outer: [{ loop: "K" }, { loop: "D" }, { loop: "D" }] },
      "more pieces than there are",
    ],
  ])("%j", (order, message) => {
    refused(() => searchNest(problem, { order, pieces: 3 }), {
      code: "nest.order",
      message: expect.stringContaining(message),
    });
  });

  test("one that nothing obeys", () => {
    refused(() => searchNest(problem, { order: { inner: [{ loop: "C" }, { loop: "C" }], outer: [] }, pieces: 3 }), {
      code: "nest.none",
      message: "no order of its loops obeys the rule",
    });
  });

  test("too many of them", () => {
    const layer = { ...product, loops: product.loops.map(({ name }) => ({ name, size: 8 * 720_720 })) };
    refused(() => searchNest(problemOf(layer, architecture, wanted), { pieces: 30 }), { code: "nest.layer" });
    const wide = { ...product, loops: product.loops.map(({ name }) => ({ name, size: 8 * 2310 })) };
    refused(() => searchNest(problemOf(wide, architecture, wanted), { pieces: 30 }), {
      code: "nest.search",
      expected: "at most 1000000",
      hint: "cut the loops into fewer pieces",
    });
  });
});

describe("mappings of other loops", () => {
  const { mapping } = searchNest(problem);

  test.each([
    [{ ...mapping, order: mapping.order.slice(1) }, "has the wrong length in time"],
    [{ ...mapping, order: [...mapping.order, { loop: "Q", size: 2 }] }, "the layer has no loop Q"],
    [{ ...mapping, held: { ...mapping.held, weight: [0, mapping.order.length] } }, "the cuts of the weight"],
    [{ ...mapping, held: { ...mapping.held, output: [2, 1] } }, "the cuts of the output"],
    [{ ...mapping, held: { ...mapping.held, input: [Number.NaN] } }, "the cuts of the input"],
  ])("%#", (given, message) => {
    refused(() => evaluateNest(problem, given), { code: "nest.mapping", message: expect.stringContaining(message) });
  });
});

describe("layers", () => {
  test.each([
    [{ ...product, loops: [] }, "needs loops"],
    [{ ...product, loops: [...product.loops, product.loops[0]!] }, "needs loops with different names"],
    [{ ...product, loops: [{ name: "C", size: 0 }, ...product.loops.slice(1)] }, "loop C has no size"],
    [{ ...product, loops: [{ name: "C", size: 1.5 }, ...product.loops.slice(1)] }, "loop C has no size"],
    [{ ...product, operands: product.operands.slice(1) }, "needs each of output, weight, input once"],
    [
      { ...product, operands: [{ ...product.operands[0]!, bits: 0 }, ...product.operands.slice(1)] },
      "the output has no width",
    ],
    [
      {
        ...product,
        operands: [...product.operands.slice(0, 2), { ...product.operands[2]!, axes: [{ steps: { Q: 1 } }] }],
      },
      "an axis of the weight",
    ],
  ])("%#", (layer, message) => {
    refused(() => problemOf(layer, architecture, wanted), {
      code: "nest.layer",
      message: expect.stringContaining(message),
    });
  });
});

describe("architectures", () => {
  const [register, l1] = architecture.memories as [
    (typeof architecture.memories)[0],
    (typeof architecture.memories)[0],
  ];
  const having = (...memories: NestArchitecture["memories"]) => ({ ...architecture, memories });
  const [port] = l1.ports;

  test.each([
    [having(register), "no memory serves an operand", "memories"],
    [having({ ...register, sizeBits: Number.NaN }, l1), "has no size", "reg_O"],
    [having({ ...register, readEnergy: -1 }, l1), "has no price", "reg_O"],
    [having({ ...register, sharedAlong: ["D9"] }, l1), "serves a dimension that the array does not have", "reg_O"],
    [having(register, { ...l1, ports: [{ ...port!, leastBits: 1024 }] }), "has no width", "l1 › rw_port_1"],
    [having(register, { ...l1, ports: [port!, port!] }), "two ports do the same", "l1"],
    [
      { ...architecture, array: { ...architecture.array, macEnergy: Number.NaN } },
      "a multiply-accumulate has no price",
      "array",
    ],
  ])("%#", (given, message, where) => {
    refused(() => problemOf(product, given, wanted), {
      code: "nest.architecture",
      message,
      where: `gemm_l1 › ${where}`,
    });
  });

  test("data that no port moves", () => {
    const memories = [{ ...register, ports: register.ports.filter(({ name }) => name !== "r_port_2") }, l1];
    refused(() => searchNest(problemOf(product, { ...architecture, memories }, wanted)), {
      code: "nest.port",
      where: "gemm_l1 › reg_O",
      message: "no port can drain the output",
    });
  });
});

describe("unrolling", () => {
  test("a dimension that the array does not have", () => {
    refused(() => problemOf(product, architecture, { D7: { K: 8 } }), {
      code: "nest.unrolling",
      message: "the array has no dimension D7",
      expected: "D1, D2, D3",
    });
  });

  test("more places than there are", () => {
    refused(() => problemOf(product, architecture, { D1: { K: 8, C: 2 } }), {
      code: "nest.unrolling",
      where: "gemm_l1 › D1",
      message: "cannot take 2 places of C",
    });
    refused(() => problemOf(product, architecture, { D1: { K: 0 } }), { code: "nest.unrolling" });
  });

  test("fewer than asked for where the loop is shorter, and loops that the layer lacks are left out", () => {
    const { unrolling } = problemOf(product, architecture, { D1: { K: 32, OX: 4 }, D2: { C: 5 } });
    expect(unrolling.unrolls).toEqual([
      { dimension: "D1", loop: 2, count: 8, exact: 8, whole: 8 },
      { dimension: "D2", loop: 0, count: 5, exact: 128 / 26, whole: 4 },
    ]);
    expect(unrolling.steps).toEqual([26, 128, 16]);
  });
});

describe("machines", () => {
  const node = { name: "conv1", operator: "Conv" };

  test("that are no loop nests", () => {
    refused(() => nestOfMachine(loadMachine("horowitz-45nm-sram8k"), node), { code: "nest.machine", got: "once" });
  });

  test("that say nothing of the operator", () => {
    const { text } = loadMachine("tpu-like");
    const silent = text.replace("operator: default", "operator: Gemm");
    refused(() => nestOfMachine(loadMachine(silent), node), {
      code: "nest.machine",
      message: "says nothing of how Conv is laid over its array",
      got: "Gemm, Add, Pooling",
    });
  });
});

test("a node that sums no products is no layer", () => {
  const relu = {
    name: "relu",
    node: 'node 1 Relu "relu"',
    operator: "Relu",
    kind: "stream",
    macs: 0,
    nW: 0,
    nA: 0,
    nY: 1,
    loops: [{ name: "d0", size: 4 }],
    ops: [],
    weight: undefined,
    input: undefined,
    reads: [],
    writes: [],
    state: [],
  } as const;
  expect(nestLayerOf(relu, { weight: 8, input: 8, output: 8, partial: 16 })).toBe("the node is no sum of products");
});
