import { describe, expect, it } from "vitest";
import { f32, i64, type Tensor } from "../base/tensor.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { Node } from "../graph/node.ts";
import { Value } from "../graph/value.ts";
import { trainableParameters } from "./parameters.ts";

/** Reads nodes `op in1,in2 -> out`; names that `constants` has are initializers, `x` is the input. */
function rolesIn(lines: readonly string[], constants: Readonly<Record<string, Tensor>>): Record<string, string> {
  const graph = new Graph();
  const values = new Map([["x", graph.addInput("x", { dtype: "float32", dims: ["N", 2] })]]);
  for (const [name, constant] of Object.entries(constants)) values.set(name, graph.addInitializer(name, constant));
  const value = (name: string) =>
    name === "" ? undefined : (values.get(name) ?? values.set(name, new Value(name)).get(name)!);
  for (const line of lines) {
    const [kind, inputs, , output] = line.split(" ") as [string, string, string, string];
    const [op, domain] = kind.split("@");
    graph.addNode(
      new Node({ op: op!, domain: domain ?? "", inputs: inputs.split(",").map(value), outputs: [value(output)] }),
    );
  }
  return Object.fromEntries(
    trainableParameters(new Model(graph)).map((p) => [p.value.name, `${p.role}${p.decay ? "*" : ""}`]),
  );
}

const vector = f32([2], [1, 2]);
const matrix = f32([2, 2], [1, 2, 3, 4]);
const number = f32([], [2]);

describe("trainableParameters", () => {
  it("knows the inputs of layers", () => {
    expect(
      rolesIn(["Conv x,w,b -> a", "BatchNormalization a,s,t,m,v -> c", "PRelu c,slope -> d", "Gemm d,w2,b2 -> e"], {
        w: f32([2, 2, 1], [1, 2, 3, 4]),
        b: vector,
        s: vector,
        t: vector,
        m: vector,
        v: vector,
        slope: number,
        w2: matrix,
        b2: vector,
      }),
    ).toEqual({
      w: "weight*",
      b: "bias",
      s: "scale",
      t: "shift",
      m: "statistic",
      v: "statistic",
      slope: "other",
      w2: "weight*",
      b2: "bias",
    });
  });

  it("finds the constant factor of MatMul on either side, behind views and quantisers", () => {
    expect(
      rolesIn(
        [
          "Transpose w -> wt",
          "FakeQuant@femto wt,bits,range -> wq",
          "MatMul x,wq -> a",
          "MatMul left,a -> b",
          "MatMul one,two -> c",
          "MatMul a,b -> d",
        ],
        { w: matrix, bits: number, range: number, left: matrix, one: matrix, two: matrix },
      ),
    ).toEqual({ w: "weight*", left: "weight*" });
  });

  it("tells biases, scales and positions from scalars, masks and the normalisation of the data", () => {
    const lines = [
      "Sub x,mean -> x1",
      "Div x1,std -> x2",
      "MatMul x2,w -> a",
      "Add a,bias -> b",
      "Mul b,scale -> c",
      "Add c,positions -> d",
      "Mul d,half -> e",
      "Add e,mask -> f",
      "Clip f,low,high -> g",
      "Pow g,power -> h",
    ];
    expect(
      rolesIn(lines, {
        mean: vector,
        std: vector,
        w: matrix,
        bias: vector,
        scale: vector,
        positions: matrix,
        half: number,
        mask: f32([2, 2], [0, -10_000, 0, 0]),
        low: number,
        high: number,
        power: vector,
      }),
    ).toEqual({ w: "weight*", bias: "bias", scale: "scale", positions: "embedding*" });
  });

  it("takes tables and class tokens for embeddings, padding and shapes not", () => {
    expect(
      rolesIn(["Gather table,i -> a", "Expand token,shape -> t", "Concat t,a -> b", "Concat zeros,b -> c"], {
        table: f32([3, 2], [1, 2, 3, 4, 5, 6]),
        i: i64([0]),
        token: f32([1, 2], [0.1, 0.2]),
        shape: i64([1, 2]),
        zeros: f32([1, 2], [0, 0]),
      }),
    ).toEqual({ table: "embedding*", token: "embedding*" });
  });

  it("lists a tied weight once, by its first reader", () => {
    expect(rolesIn(["Gather table,x -> a", "Transpose table -> t", "MatMul a,t -> b"], { table: matrix })).toEqual({
      table: "embedding*",
    });
  });
});
