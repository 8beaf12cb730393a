/** @file The loop's edges: data too few, told to stop, damaged and unwritable checkpoints, vector metrics, decay. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { f32, numbers, type Tensor, tensor } from "../base/tensor.ts";
import { runReference } from "../engine/index.ts";
import { buildStep, type Optimizer, type Phase, planBatches, sgd, type TrainSpec, train } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "femto-loop-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLES = 12;
const inputs = f32(
  [EXAMPLES, 2],
  Array.from({ length: 2 * EXAMPLES }, (_, i) => ((i * 5) % 7) / 7 - 0.4),
);
const labels = tensor("int64", [EXAMPLES], new Array(EXAMPLES).fill(0));
const batches = planBatches({ inputs, labels }, 4);

/** loss = mean of (x·w + b)², with w a matrix that decays and b a bias that does not. */
function plan(optimizer: Optimizer = sgd()) {
  const parameters = [
    { name: "w", value: f32([2, 1], [0.5, -0.25]), group: "weights", decays: true },
    { name: "b", value: f32([1], [0.75]), group: "weights", decays: false },
  ];
  const step = buildStep({
    name: "line",
    parameters,
    groups: { weights: { optimizer } },
    ...batches,
    objective: ({ g, parameters: p, batch }) => {
      const y = g.add(g.matmul(batch.x!, p.get("w")!), p.get("b")!);
      const loss = g.mean(g.mul(y, y), [0, 1]);
      const both = g.op("Concat", [g.reshape(loss, [1]), g.constant(f32([2], [2, 3]))], { axis: 0 });
      return { loss, metrics: { again: loss, both, fixed: g.constant(f32([], [5])) } };
    },
  });
  return { parameters, step };
}

const phase = (name: string, epochs: number, rate = 0.1): Phase<Record<string, number>> => ({
  name,
  epochs,
  plan: () => plan(),
  controls: () => ({ "rate:weights": rate }),
});

const spec = (more: Partial<TrainSpec<Record<string, number>>> = {}): TrainSpec<Record<string, number>> => ({
  seed: 1,
  resident: batches.tensors,
  examples: EXAMPLES,
  batchSize: 4,
  phases: [phase("one", 2), phase("two", 1)],
  blockSteps: 2,
  fingerprint: "edges",
  onEpoch: async ({ metrics }) => ({ record: { ...metrics } }),
  ...more,
});

const checkpoint = (name: string) => ({ path: join(folder, name), everySeconds: 0 });

describe("the loop", () => {
  it("refuses a batch larger than the data", async () => {
    await expect(train(spec({ batchSize: EXAMPLES + 1 }))).rejects.toMatchObject({
      code: "train.batch",
      expected: "at most 12",
      got: "13",
    });
  });

  it("averages scalars, vectors element by element, equal and constant metrics", async () => {
    const { history } = await train(spec());
    expect(history).toHaveLength(3);
    for (const record of history) {
      expect(Object.keys(record).sort()).toEqual(["again", "both[0]", "both[1]", "both[2]", "fixed", "loss"]);
      expect(record["both[0]"]).toBe(record.loss);
      expect(record.again).toBe(record.loss);
      expect([record["both[1]"], record["both[2]"], record.fixed]).toEqual([2, 3, 5]);
    }
    // One epoch is three batches of four, each with the parameters before it: the first loss is that of the start.
    expect(history[0]!.loss).toBeGreaterThan(history[2]!.loss!);
  });

  it("does nothing when told to stop before it starts, and goes on later with the same bits", async () => {
    const whole = await train(spec());
    const controller = new AbortController();
    controller.abort();
    const first = await train(spec({ checkpoint: checkpoint("early.onnx"), signal: controller.signal }));
    expect(first).toMatchObject({ isFinished: false, history: [], stepSeconds: 0 });
    expect(first.parameters.w).toEqual(plan().parameters[0]!.value);
    const second = await train(spec({ checkpoint: checkpoint("early.onnx") }));
    expect(second.parameters).toEqual(whole.parameters);
    expect(second.history).toEqual(whole.history);
  });

  it("goes on exactly at the end of a phase, and has nothing to do at the end of all", async () => {
    const whole = await train(spec());
    const path = checkpoint("phase.onnx");
    const controller = new AbortController();
    let epochs = 0;
    const first = await train(
      spec({
        checkpoint: path,
        signal: controller.signal,
        onEpoch: async ({ metrics }) => {
          if (++epochs === 2) controller.abort();
          return { record: { ...metrics } };
        },
      }),
    );
    expect(first).toMatchObject({ isFinished: false, history: [{}, {}] });
    const phases: string[] = [];
    const second = await train(spec({ checkpoint: path, onBlock: ({ phase }) => phases.push(phase) }));
    expect(new Set(phases)).toEqual(new Set(["two"]));
    expect(second.parameters).toEqual(whole.parameters);
    expect(second.stepSeconds).toBeGreaterThan(first.stepSeconds);
    const third = await train(spec({ checkpoint: path, onBlock: () => expect.unreachable() }));
    expect(third).toEqual({ ...second, isFinished: true });
  });
});

describe("checkpoints", () => {
  it("that are cut, emptied, flipped or foreign are one clear error each", async () => {
    const { path } = checkpoint("damaged.onnx");
    await train(spec({ checkpoint: { path } }));
    const bytes = readFileSync(path);
    const cuts = [0, 1, bytes.length >> 1, bytes.length - 1].map((length) => bytes.subarray(0, length));
    // One bit in each stretch of the file: tensors, names, the place, the history.
    const flips = Array.from({ length: 40 }, (_, i) => {
      const copy = Buffer.from(bytes);
      copy[Math.floor((i * bytes.length) / 40)]! ^= 0x10;
      return copy;
    });
    const untouched = await train(spec({ checkpoint: { path } }));
    for (const [i, damaged] of [...cuts, ...flips].entries()) {
      writeFileSync(path, damaged);
      const outcome = await train(spec({ checkpoint: { path } })).catch((error: unknown) => error);
      // What no reader of the checkpoint can see (the producer's name, a type of an output) changes nothing.
      if (!(outcome instanceof Error)) expect(outcome, `damage ${i}`).toEqual(untouched);
      else expect(outcome, `damage ${i}`).toMatchObject({ code: "checkpoint.format", where: path });
    }
  });

  it("that cannot be written end the run with the path", async () => {
    const gone = join(folder, "gone");
    mkdirSync(gone);
    const path = join(gone, "checkpoint.onnx");
    const onBlock = () => rmSync(gone, { recursive: true, force: true });
    await expect(train(spec({ checkpoint: { path }, onBlock }))).rejects.toMatchObject({
      code: "onnx.write",
      where: expect.stringContaining("checkpoint.onnx"),
    });
    expect(existsSync(gone)).toBe(false);
  });
});

describe("weight decay", () => {
  it("moves weights, not biases", () => {
    const feeds: Record<string, Tensor> = { ...batches.tensors, index: tensor("int64", [4], [0, 1, 2, 3]) };
    const moved = (optimizer: Optimizer) => {
      const { parameters, step } = plan(optimizer);
      for (const { name, value } of parameters) feeds[`p:${name}`] = value;
      const { outputs } = runReference(step.model, { ...feeds, "rate:weights": f32([], [0.1]) });
      return { w: [...numbers(outputs["p:w'"]!)], b: [...numbers(outputs["p:b'"]!)] };
    };
    const [free, decayed] = [moved(sgd()), moved(sgd({ weightDecay: 0.5 }))];
    expect(decayed.b).toEqual(free.b);
    // θ − η·(g + λθ): 0.1·0.5·θ less than without.
    for (const [i, w] of [0.5, -0.25].entries()) expect(decayed.w[i]).toBeCloseTo(free.w[i]! - 0.05 * w, 6);
  });
});
