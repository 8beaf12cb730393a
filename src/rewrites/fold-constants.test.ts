import { describe, expect, it } from "vitest";
import { f32, i64 } from "../base/tensor.ts";
import { runReference } from "../engine/reference.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { applyPasses } from "../graph/pass.ts";
import type { Value } from "../graph/value.ts";
import { Emit } from "../operators/index.ts";
import { foldConstants } from "./fold-constants.ts";

function build(write: (g: Emit, x: Value) => Value): Model {
  const graph = new Graph();
  const x = graph.addInput("x", { dtype: "float32", dims: [2, 2] });
  graph.addOutput(write(new Emit(graph), x));
  return new Model(graph);
}

const ops = (model: Model) => model.graph.nodes.map((node) => node.op);

describe("fold-constants", () => {
  it("computes what does not depend on the input, under the same names", () => {
    const model = build((g, x) => {
      const [a, b] = [g.constant(f32([2, 2], [1, 2, 3, 4])), g.constant(f32([2, 2], [0, 1, 1, 0]))];
      return g.add(x, g.add(g.matmul(a, b), a));
    });
    const [, inner] = model.graph.nodes;
    const name = inner!.outputs[0]!.name;
    expect(applyPasses(model, [foldConstants()])).toBe(true);
    expect(ops(model)).toEqual(["Add"]);
    expect(model.graph.initializers.map((value) => [value.name, value.constant!.data])).toEqual([
      [name, Float32Array.of(3, 3, 7, 7)],
    ]);
    const [output] = model.graph.outputs;
    expect(runReference(model, { x: f32([2, 2], [1, 1, 1, 1]) }).outputs[output!.name]!.data).toEqual(
      Float32Array.of(4, 4, 8, 8),
    );
    expect(applyPasses(model, [foldConstants()])).toBe(false);
  });

  it("does not touch defaults of inputs, outputs, or results that are too large", () => {
    const model = build((g, x) => {
      const w = g.graph.addInitializer("w", f32([2, 2], [1, 0, 0, 1]));
      g.graph.inputs.push(w);
      return g.add(x, g.add(w, w));
    });
    expect(applyPasses(model, [foldConstants()])).toBe(false);
    const output = build((g) => g.add(g.constant(f32([1], [1])), g.constant(f32([1], [2]))));
    expect(applyPasses(output, [foldConstants()])).toBe(false);
    const outer = (g: Emit, x: Value) => {
      const [column, row] = [g.constant(f32([2, 1], [1, 2])), g.constant(f32([1, 2], [3, 4]))];
      return g.add(x, g.matmul(column, row));
    };
    // 4 elements out of 4: no growth, folded whatever the limit.
    expect(applyPasses(build(outer), [foldConstants({ largest: 1 })])).toBe(true);
    const wide = (g: Emit) => g.add(g.constant(f32([3, 1], [1, 2, 3])), g.constant(f32([1, 3], [1, 2, 3])));
    const wider = () => build((g, x) => g.add(x, g.op("ReduceSum", [wide(g), g.ints([0, 1])], { keepdims: false })));
    expect(applyPasses(wider(), [foldConstants({ largest: 8 })])).toBe(false);
    expect(applyPasses(wider(), [foldConstants({ largest: 9 })])).toBe(true);
  });

  it("takes shapes from inference", () => {
    const model = build((g, x) => g.op("Reshape", [x, g.op("Shape", [g.add(x, x)])]));
    applyPasses(model, [foldConstants()]);
    expect(model.graph.nodes.at(-1)!.inputs[1]!.constant).toEqual(i64([2, 2]));
  });

  it("keeps quantised weights quantised", () => {
    const model = build((g, x) => {
      const codes = g.constant({ dtype: "int8", dims: [2, 2], data: Int8Array.of(1, 2, 3, 4) });
      return g.matmul(x, g.op("DequantizeLinear", [codes, g.scalar("float32", 0.5)]));
    });
    expect(applyPasses(model, [foldConstants()])).toBe(false);
    expect(applyPasses(model, [foldConstants({ keep: () => false })])).toBe(true);
  });
});
