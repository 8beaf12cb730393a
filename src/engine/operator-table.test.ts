/**
 * @file The generic test of the operator table: per example, run = expected; ONNX Runtime = run;
 * inferred shape = actual; emitted gradient in float64 = central differences on run, and again in ONNX Runtime in
 * float32; counted multiplications = work. `FEMTO_OP=Conv` limits it to one operator.
 */

import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { isFloat } from "../base/dtype.ts";
import { Rng } from "../base/rng.ts";
import { numbers, reshaped, sizeOf, type Tensor, tensor } from "../base/tensor.ts";
import { gradients } from "../gradient/index.ts";
import type { Model } from "../graph/model.ts";
import type { Value } from "../graph/value.ts";
import { verifyModel } from "../graph/verify.ts";
import { writeModel } from "../onnx/index.ts";
import {
  allOperators,
  count,
  type Example,
  hasGradient,
  inferModel,
  type NoGradient,
  type Operator,
  readAttributes,
  writeAttributes,
} from "../operators/index.ts";
import { expandFunctions } from "../rewrites/index.ts";
import { build, type Case, differentiated } from "./operator-example.fixture.ts";
import { runReference } from "./reference.ts";
import { sessionOptions } from "./session-options.ts";

/** The example run by the operator itself (never by its body). */
function runOperator(op: Operator, example: Example, widen = false): { outputs: Tensor[]; macs: number; test: Case } {
  const test = build({ ...op, body: undefined } as unknown as Operator, example, widen);
  inferModel(test.model);
  verifyModel(test.model);
  const { outputs, macs } = runReference(test.model, test.feeds);
  return { outputs: test.outputs.map((value) => outputs[value.name]!), macs, test };
}

async function runOrt(model: Model, feeds: Record<string, Tensor>): Promise<Tensor[]> {
  const session = await InferenceSession.create(writeModel(model), sessionOptions({ keepQdq: true }));
  const Make = OrtTensor as unknown as new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
  const results = await session.run(
    Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, new Make(t.dtype, t.data, t.dims)])),
  );
  const outputs = model.graph.outputs.map((value) => {
    const { type, dims, data } = results[value.name]!;
    return { dtype: type, dims: [...dims], data } as unknown as Tensor;
  });
  await session.release();
  return outputs;
}

function close(actual: Tensor, expected: Tensor, tolerance: number, what: string): void {
  expect(actual.dtype, what).toBe(expected.dtype);
  expect([...actual.dims], what).toEqual([...expected.dims]);
  if (actual.dtype === "string") {
    expect(actual.data, what).toEqual(expected.data);
    return;
  }
  const a = numbers(actual);
  const b = numbers(expected);
  const scale = Math.max(1, ...Array.from(b, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)));
  for (let i = 0; i < b.length; i++) {
    const bound = tolerance * Math.max(scale, Math.abs(b[i]!));
    const isClose = Object.is(a[i], b[i]) || a[i] === b[i] || Math.abs(a[i]! - b[i]!) <= bound;
    if (!isClose) expect.fail(`${what}: element ${i} is ${a[i]}, expected ${b[i]} ± ${bound}`);
  }
}

/** Adds L = Σ c·y over float outputs and ∂L/∂input; the coefficients c are fixed random numbers. */
function withGradient(test: Case, which: readonly number[]): Value[] {
  const { g } = test;
  const rng = new Rng(7, "cotangents");
  let loss: Value | undefined;
  for (const y of test.outputs) {
    if (!isFloat(y.type!.dtype) || y.type!.dims === undefined) continue;
    const dims = y.type!.dims as number[];
    const c = g.tensorLike(
      y,
      dims,
      Array.from({ length: sizeOf(dims) }, () => rng.uniform() + 0.5),
    );
    const part = g.sum(
      g.mul(y, c),
      dims.map((_, axis) => axis),
    );
    loss = loss === undefined ? part : g.add(loss, part);
  }
  const grads = gradients(
    g,
    loss!,
    which.map((index) => test.inputs[index]!),
  );
  test.model.graph.outputs.splice(0, Number.POSITIVE_INFINITY, loss!, ...grads);
  return grads;
}

function checkGradient(op: Operator, example: Example, which: readonly number[]): Tensor[] {
  const test = build(op, example, true);
  const grads = withGradient(test, which);
  const lossName = test.model.graph.outputs[0]!.name;
  const run = (feeds: Record<string, Tensor>) => runReference(test.model, feeds).outputs;
  const emitted = run(test.feeds);
  const forward = build(op, example, true);
  withGradient(forward, []);
  const loss = (feeds: Record<string, Tensor>) =>
    numbers(runReference(forward.model, feeds).outputs[forward.model.graph.outputs[0]!.name]!)[0]!;
  expect(numbers(emitted[lossName]!)[0]).toBeCloseTo(loss(test.feeds), 9);
  for (const [k, index] of which.entries()) {
    const name = `in${index}`;
    const x = test.feeds[name]!;
    const analytic = numbers(emitted[grads[k]!.name]!);
    expect(emitted[grads[k]!.name]!.dims, `∂L/∂input ${index}`).toEqual([...x.dims]);
    for (let i = 0; i < x.data.length; i++) {
      const step = 1e-5 * Math.max(1, Math.abs(numbers(x)[i]!));
      const moved = (by: number) => {
        const data = Float64Array.from(numbers(x));
        data[i]! += by;
        return loss({ ...test.feeds, [name]: { ...x, data } });
      };
      const numeric = (moved(step) - moved(-step)) / (2 * step);
      const bound = 1e-6 * Math.max(1, Math.abs(numeric), ...analytic.map(Math.abs));
      if (!(Math.abs(analytic[i]! - numeric) <= bound)) {
        expect.fail(`∂L/∂input ${index}[${i}]: emitted ${analytic[i]}, central differences ${numeric}`);
      }
    }
  }
  return which.map((_, k) => emitted[grads[k]!.name]!);
}

const chosen = process.env.FEMTO_OP?.split(",");
const operators = allOperators().filter((op) => chosen === undefined || chosen.includes(op.name));

describe.each(operators.map((op) => [op.name, op] as const))("%s", (_, op) => {
  it("has an example with expected outputs", () => {
    expect(op.isRandom || op.examples.some((example) => example.expected !== undefined)).toBe(true);
  });

  describe.each(op.examples.map((example) => [example.name, example] as const))("%s", (_name, example) => {
    const tolerance = op.tolerance ?? 1e-5;

    it("runs as expected, with the inferred shape and the counted work", () => {
      const { outputs, macs, test } = runOperator(op, example);
      for (const [index, output] of outputs.entries()) {
        const type = test.outputs[index]!.type!;
        expect(type.dtype).toBe(output.dtype);
        const actual = type.dims?.map((dim, axis) => (typeof dim === "string" ? output.dims[axis] : dim));
        expect(actual).toEqual([...output.dims]);
        const expected = example.expected?.[index];
        if (expected !== undefined && !op.isRandom) close(output, expected, tolerance, `output ${index}`);
      }
      const bound = (t: Tensor | undefined) => t && { dtype: t.dtype, dims: t.dims };
      const at = readAttributes(op.attributes, writeAttributes(op.attributes, example.attributes ?? {}));
      const work = op.work(example.inputs.map(bound) as never, outputs.map(bound) as never, at);
      expect(count(work, "mac")).toBe(macs);
    });

    it.skipIf(example.notInRuntime !== undefined || op.isRandom)("equals ONNX Runtime", async () => {
      const { outputs } = runOperator(op, example);
      const test = build(op, example);
      const results = await runOrt(test.model, test.feeds);
      for (const [index, output] of outputs.entries()) close(results[index]!, output, tolerance, `output ${index}`);
    });

    const which = differentiated(op, example);
    if (which.length === 0) return;

    it("has the gradient of central differences", () => {
      checkGradient(op, example, which);
    });

    it.skipIf(example.notInRuntime !== undefined)("has it in ONNX Runtime, too", async () => {
      const exact = checkGradient(op, example, which);
      const test = build(op, example, false, true);
      withGradient(test, which);
      expandFunctions().run(test.model);
      verifyModel(test.model);
      const [, ...results] = await runOrt(test.model, test.feeds);
      for (const [k, result] of results.entries()) {
        const wide = reshaped(tensor("float64", result.dims, numbers(result)), result.dims);
        close(wide, exact[k]!, 1e-4, `∂L/∂input ${which[k]}`);
      }
    });
  });
});

describe("closure", () => {
  it("every operator that a gradient rule emits has a gradient itself, or makes integers or booleans", () => {
    const missing = new Set<string>();
    for (const op of operators) {
      if (!hasGradient(op)) continue;
      for (const example of op.examples) {
        const which = differentiated(op, example);
        if (which.length === 0) continue;
        const test = build(op, example, false, true);
        const before = new Set(test.model.graph.nodes);
        withGradient(test, which);
        for (const node of test.model.graph.nodes) {
          if (before.has(node) || !isFloat(node.outputs[0]!.type!.dtype)) continue;
          const used = allOperators().find((other) => other.name === node.op && other.domain === node.domain)!;
          const isFlat = !hasGradient(used) && (used.gradient as NoGradient).isFlat;
          const isFromIntegers = node.inputs.every((input) => input === undefined || !isFloat(input.type!.dtype));
          if (!hasGradient(used) && !isFromIntegers && !isFlat) missing.add(`${op.name} emits ${used.name}`);
        }
      }
    }
    expect([...missing]).toEqual([]);
  });
});
