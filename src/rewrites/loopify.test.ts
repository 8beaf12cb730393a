/** @file The looped step against single runs, in both engines: one turn, what passes through, what is constant. */

import { afterAll, describe, expect, it } from "vitest";
import { f32, numbers, scalar, type Tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { Graph } from "../graph/graph.ts";
import { Model } from "../graph/model.ts";
import { verifyModel } from "../graph/verify.ts";
import { Emit } from "../operators/index.ts";
import { type LoopRoles, loopify } from "./loopify.ts";

const engine = new OrtEngine();
afterAll(() => engine.close());

const roles: LoopRoles = {
  carry: { "w'": "w", "still'": "still" },
  resident: ["table"],
  scanned: ["x"],
  stacked: ["loss", "same", "fixed", "given"],
};

/** w' = w·x + table; `still` passes through; `same` is `loss` under another name; `fixed` a constant; `given` an input. */
function step(): Model {
  const graph = new Graph("step");
  const g = new Emit(graph);
  const type = { dtype: "float32", dims: [2] } as const;
  const [w, still, table, x] = ["w", "still", "table", "x"].map((name) => graph.addInput(name, type));
  const next = g.add(g.mul(w!, x!), table!);
  next.name = "w'";
  const through = g.op("Identity", [still]);
  through.name = "still'";
  const loss = g.sum(g.mul(next, still!), [0]);
  loss.name = "loss";
  const same = g.op("Identity", [loss]);
  same.name = "same";
  for (const value of [next, through, loss, same]) graph.addOutput(value);
  graph.addOutput(graph.addInitializer("fixed", f32([1], [7])));
  const given = g.op("Identity", [table]);
  given.name = "given";
  graph.addOutput(given);
  return new Model(graph);
}

const start = { w: f32([2], [1, 2]), still: f32([2], [3, -1]), table: f32([2], [0.5, 0.25]) };
const xs = [
  [0.5, 2],
  [3, 0.1],
  [-1, 1],
];

/** K single runs, one after the other. */
function single(count: number): Record<string, number[]> {
  const stacks: Record<string, number[]> = { loss: [], same: [], fixed: [], given: [] };
  let feeds: Record<string, Tensor> = start;
  for (const x of xs.slice(0, count)) {
    const { outputs } = runReference(step(), { ...feeds, x: f32([2], x) });
    for (const [name, stack] of Object.entries(stacks)) stack.push(...numbers(outputs[name]!));
    feeds = { ...feeds, w: outputs["w'"]!, still: outputs["still'"]! };
  }
  return { ...stacks, "w'": [...numbers(feeds.w!)], "still'": [...numbers(feeds.still!)] };
}

describe("loopify", () => {
  it.each([1, 3])("%i turns give what as many single runs give", async (count) => {
    const looped = loopify(step(), roles);
    verifyModel(looped);
    const feeds = { ...start, x: f32([count, 2], xs.slice(0, count).flat()), steps: scalar("int64", count) };
    const seen = (outputs: Record<string, Tensor>) =>
      Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, [...numbers(value)]]));
    const expected = single(count);
    expect(seen(runReference(looped, feeds).outputs)).toEqual(expected);
    const session = await engine.load(looped, { keepQdq: true });
    expect(seen(await session.run(feeds))).toEqual(expected);
  });

  it("names a role that the step does not have", () => {
    expect(() => loopify(step(), { ...roles, stacked: ["nowhere"] })).toThrow(
      expect.objectContaining({ code: "loopify.output" }),
    );
  });
});
