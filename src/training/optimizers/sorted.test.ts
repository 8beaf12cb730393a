import { expect, it } from "vitest";
import { numbers, scalar, tensor } from "../../base/tensor.ts";
import { runReference } from "../../engine/reference.ts";
import { Graph } from "../../graph/graph.ts";
import { Model } from "../../graph/model.ts";
import { Emit } from "../../operators/index.ts";
import { sgd } from "./sgd.ts";
import { sorted } from "./sorted.ts";

it("takes the inner step, then brings every row into ascending order", () => {
  const graph = new Graph("step");
  const g = new Emit(graph);
  const type = { dtype: "float32", dims: [2, 3] } as const;
  const [parameter, gradient] = [graph.addInput("p", type), graph.addInput("g", type)];
  const rate = graph.addInput("rate", { dtype: "float32", dims: [] });
  const moved = sorted(sgd()).update(g, { parameter, gradient, state: {}, shared: {}, rate, decays: false });
  graph.addOutput(moved.parameter);
  const { outputs } = runReference(new Model(graph), {
    p: tensor("float32", [2, 3], [0, 1, 2, -1, 0, 1]),
    g: tensor("float32", [2, 3], [-3, 0, 1, 0, 0, 0]),
    rate: scalar("float32", 1),
  });
  expect([...numbers(Object.values(outputs)[0]!)]).toEqual([1, 1, 3, -1, 0, 1]);
});
