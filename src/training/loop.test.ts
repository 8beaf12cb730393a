/** @file The step against hand-written updates, the Loop against single runs, and a killed run against one never killed. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Rng } from "../base/rng.ts";
import { f32, numbers, rowsOf, scalar, type Tensor, tensor } from "../base/tensor.ts";
import { OrtEngine, runReference } from "../engine/index.ts";
import { loopify } from "../rewrites/index.ts";
import {
  adadelta,
  adam,
  adamw,
  buildStep,
  constant,
  crossEntropy,
  type Moment,
  type Optimizer,
  type Parameter,
  planBatches,
  sgd,
  type TrainSpec,
  train,
} from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-train-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLES = 60;
const rng = new Rng(3, "examples");
const inputs = f32(
  [EXAMPLES, 4],
  Array.from({ length: EXAMPLES * 4 }, () => rng.normal()),
);
// Learnable: the class is the sign pattern of the first two features.
const labels = tensor(
  "int64",
  [EXAMPLES],
  Array.from({ length: EXAMPLES }, (_, i) => {
    const row = numbers(rowsOf(inputs, i, i + 1));
    return (row[0]! > 0 ? 1 : 0) + (row[1]! > 0 ? 1 : 0);
  }),
);
const batches = planBatches({ inputs, labels }, 10);

function network(optimizer: Optimizer, clip?: number) {
  const init = new Rng(5, "weights");
  const random = (dims: number[]) =>
    f32(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b) }, () => 0.5 * init.normal()),
    );
  const parameters: Parameter[] = [
    { name: "w1", value: random([4, 8]), group: "weights", decays: true },
    { name: "b1", value: random([8]), group: "weights", decays: false },
    { name: "w2", value: random([8, 3]), group: "weights", decays: true },
  ];
  const step = buildStep({
    name: "tiny",
    parameters,
    groups: { weights: { optimizer, ...(clip && { clip }) } },
    ...batches,
    objective: ({ g, parameters: p, batch }) => {
      const hidden = g.op("Tanh", [g.add(g.matmul(batch.x!, p.get("w1")!), p.get("b1")!)]);
      return { loss: crossEntropy(g, g.matmul(hidden, p.get("w2")!), batch.y!), metrics: {} };
    },
  });
  return { parameters, step };
}

const indices = (count: number, from = 0) => Array.from({ length: count }, (_, i) => (from + 7 * i) % EXAMPLES);

/** One step in the reference engine, in whatever type the parameters have. */
function feedsOf({ parameters, step }: ReturnType<typeof network>, index: number[]) {
  const feeds: Record<string, Tensor> = { ...batches.tensors, ...step.state };
  for (const { name, value } of parameters) feeds[`p:${name}`] = value;
  feeds.index = tensor("int64", [10], index);
  feeds["rate:weights"] = scalar("float32", 0.1);
  return feeds;
}

describe("the emitted step", () => {
  const plain = network(sgd());
  const lossAt = (feeds: Record<string, Tensor>) =>
    numbers(runReference(plain.step.model, feeds).outputs["metric:loss"]!)[0]!;

  it("moves every weight by rate × slope (central differences of its own loss)", () => {
    const feeds = feedsOf(plain, indices(10));
    const { outputs } = runReference(plain.step.model, feeds);
    for (const { name, value } of plain.parameters) {
      const moved = numbers(outputs[`p:${name}'`]!);
      for (const i of [0, 3, 7]) {
        const at = (by: number) => {
          const data = Float32Array.from(numbers(value));
          data[i]! += by;
          return lossAt({ ...feeds, [`p:${name}`]: { ...value, data } });
        };
        const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
        expect(moved[i]!).toBeCloseTo(numbers(value)[i]! - 0.1 * slope, 4);
      }
    }
  });

  /** The update rules again, in plain numbers, from their papers. */
  type State = Record<string, number>;
  const rules: [string, Optimizer, (w: number, g: number, s: State, t: number) => number][] = [
    [
      "momentum",
      sgd({ momentum: 0.9, weightDecay: 0.01 }),
      (w, g, s) => {
        s.v = 0.9 * (s.v ?? 0) + g + 0.01 * w;
        return w - 0.1 * s.v;
      },
    ],
    [
      "nesterov",
      sgd({ momentum: 0.9, nesterov: true }),
      (w, g, s) => {
        s.v = 0.9 * (s.v ?? 0) + g;
        return w - 0.1 * (g + 0.9 * s.v);
      },
    ],
    ["adam", adam(), (w, g, s, t) => w - 0.1 * adamStep(g, s, t)],
    ["adamw", adamw({ weightDecay: 0.05 }), (w, g, s, t) => w * (1 - 0.1 * 0.05) - 0.1 * adamStep(g, s, t)],
    [
      "adadelta",
      adadelta(),
      (w, g, s) => {
        s.s = 0.9 * (s.s ?? 0) + 0.1 * g * g;
        const delta = (g * Math.sqrt((s.u ?? 0) + 1e-6)) / Math.sqrt(s.s + 1e-6);
        s.u = 0.9 * (s.u ?? 0) + 0.1 * delta * delta;
        return w - 0.1 * delta;
      },
    ],
  ];
  function adamStep(g: number, s: State, t: number): number {
    s.m = 0.9 * (s.m ?? 0) + 0.1 * g;
    s.v = 0.999 * (s.v ?? 0) + 0.001 * g * g;
    return s.m / (1 - 0.9 ** t) / (Math.sqrt(s.v / (1 - 0.999 ** t)) + 1e-8);
  }

  it.each(rules)("%s follows its paper for four steps", (_, optimizer, rule) => {
    const net = network(optimizer);
    const gradient = network(sgd());
    let feeds = feedsOf(net, indices(10));
    const state: State = {};
    let weight = numbers(net.parameters[0]!.value)[5]!;
    for (let t = 1; t <= 4; t++) {
      const now = Object.fromEntries(Object.entries(feeds).filter(([name]) => !name.startsWith("s:")));
      const plainStep = runReference(gradient.step.model, now).outputs["p:w1'"]!;
      const slope = (numbers(feeds["p:w1"]!)[5]! - numbers(plainStep)[5]!) / 0.1;
      weight = rule(weight, slope, state, t);
      const { outputs } = runReference(net.step.model, feeds);
      expect(numbers(outputs["p:w1'"]!)[5]!).toBeCloseTo(weight, 4);
      feeds = { ...feeds };
      for (const [from, to] of Object.entries(net.step.carry)) feeds[to] = outputs[from]!;
    }
  });

  it("clips the common norm of a group", () => {
    const feeds = feedsOf(plain, indices(10));
    const move = (clip?: number) => {
      const net = network(sgd(), clip);
      const { outputs } = runReference(net.step.model, feeds);
      return net.parameters.flatMap(({ name, value }) =>
        Array.from(numbers(outputs[`p:${name}'`]!), (after, i) => (numbers(value)[i]! - after) / 0.1),
      );
    };
    const norm = (v: number[]) => Math.hypot(...v);
    const free = norm(move());
    expect(norm(move(free / 3))).toBeCloseTo(free / 3, 4);
    expect(norm(move(free * 3))).toBeCloseTo(free, 4);
  });
});

describe("in ONNX Runtime", () => {
  it("K steps in a Loop give the bits of K single runs", async () => {
    const net = network(adam());
    const { step } = net;
    const engine = new OrtEngine();
    const single = await engine.load(step.model, { keepQdq: true });
    const roles = {
      carry: step.carry,
      resident: step.resident,
      scanned: [...step.scanned, ...step.controls],
      stacked: ["metric:loss"],
    };
    const looped = await engine.load(loopify(step.model, roles), { keepQdq: true });
    const K = 5;
    const rates = [0.1, 0.05, 0.02, 0.01, 0.2];
    const { index: _, "rate:weights": __, ...start } = feedsOf(net, indices(10));
    await single.hold(start);
    await looped.hold(start);
    const losses: number[] = [];
    for (let k = 0; k < K; k++) {
      const feeds = { index: tensor("int64", [10], indices(10, k)), "rate:weights": scalar("float32", rates[k]!) };
      const out = await single.run(feeds, { fetch: ["metric:loss"], carry: step.carry });
      losses.push(numbers(out["metric:loss"]!)[0]!);
    }
    const all = Array.from({ length: K }, (_v, k) => indices(10, k)).flat();
    const feeds = { steps: scalar("int64", K), index: tensor("int64", [K, 10], all), "rate:weights": f32([K], rates) };
    const out = await looped.run(feeds, { fetch: ["metric:loss"], carry: step.carry });
    expect([...numbers(out["metric:loss"]!)]).toEqual(losses);
    const names = Object.values(step.carry);
    const [a, b] = [await single.read(names), await looped.read(names)];
    for (const name of names) expect(b[name]!.data, name).toEqual(a[name]!.data);
    await engine.close();
  });

  const spec = (path: string, epochs = 4): TrainSpec<number> => {
    const net = network(adam());
    return {
      seed: 9,
      resident: batches.tensors,
      examples: EXAMPLES,
      batchSize: 10,
      phases: [
        { name: "one", epochs, plan: () => net, controls: (moment) => ({ "rate:weights": constant(0.02)(moment) }) },
        { name: "two", epochs: 2, plan: () => net, controls: () => ({ "rate:weights": 0.005 }) },
      ],
      blockSteps: 2,
      fingerprint: "test",
      checkpoint: { path: join(folder, path), everySeconds: 0 },
      onEpoch: async ({ metrics }) => ({ record: metrics.loss! }),
    };
  };

  it("learns, and a run killed at any block and resumed ends with the same bits", async () => {
    const whole = await train(spec("whole.onnx"));
    expect(whole.history.at(-1)!).toBeLessThan(0.7 * whole.history[0]!);
    for (const stopAfter of [1, 4, 11, 13]) {
      const path = `killed-${stopAfter}.onnx`;
      const controller = new AbortController();
      let blocks = 0;
      const onBlock = () => {
        if (++blocks === stopAfter) controller.abort();
      };
      const first = await train({ ...spec(path), signal: controller.signal, onBlock });
      expect(first.isFinished).toBe(false);
      const second = await train(spec(path));
      expect(second.isFinished).toBe(true);
      expect(second.history).toEqual(whole.history);
      for (const [name, value] of Object.entries(whole.parameters)) {
        expect(second.parameters[name]!.data, `${name} after ${stopAfter} blocks`).toEqual(value.data);
      }
    }
  });

  it("ends a phase within an epoch where it is told to", async () => {
    const seen: string[] = [];
    const epochs: number[] = [];
    const rates: number[] = [];
    const own = spec("part.onnx", 1.5);
    const phases = own.phases.map((phase) => ({
      ...phase,
      controls: (moment: Moment) => {
        rates.push(moment.step / moment.steps);
        return phase.controls(moment);
      },
    }));
    const { history } = await train({
      ...own,
      phases,
      onBlock: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`),
      onEpoch: async ({ epoch, metrics }) => {
        epochs.push(epoch);
        return { record: metrics.loss! };
      },
    });
    // Six steps of ten examples an epoch: nine of the first phase, twelve of the second.
    expect(seen.filter((text) => text.startsWith("one")).at(-1)).toBe("one 90/210");
    expect(seen.at(-1)).toBe("two 210/210");
    expect(rates).toEqual(Array.from({ length: 21 }, (_, step) => step / 21));
    expect(epochs).toEqual([1, 2, 3, 4]);
    expect(history[1]!).toBeLessThan(history[0]!);
  });

  it("refuses a checkpoint of other settings", async () => {
    await train(spec("other.onnx"));
    await expect(train({ ...spec("other.onnx"), fingerprint: "changed" })).rejects.toMatchObject({
      code: "checkpoint.other",
    });
  });

  it("stops a phase early, for good", async () => {
    const stopping = { ...spec("early.onnx"), onEpoch: async () => ({ record: 1, stop: true }) };
    expect((await train(stopping)).history).toHaveLength(2);
    expect((await train(stopping)).history).toHaveLength(2);
  });

  it("says where training diverged", async () => {
    const wild = spec("wild.onnx");
    const phases = wild.phases.map((phase) => ({ ...phase, controls: () => ({ "rate:weights": Number.NaN }) }));
    await expect(train({ ...wild, phases })).rejects.toMatchObject({ code: "train.diverged" });
  });
});
