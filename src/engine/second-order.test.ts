/**
 * @file Gradients of gradients over the operator table: S = Σ d·∂L/∂x with L = ½ Σ c·y², differentiated again in the
 * graph, equals central differences of S. Linear operators are not spared: ∂L/∂y depends on y.
 */

import { describe, expect, it } from "vitest";
import { isFloat } from "../base/dtype.ts";
import { Rng } from "../base/rng.ts";
import { numbers, sizeOf } from "../base/tensor.ts";
import { gradients } from "../gradient/index.ts";
import type { Value } from "../graph/value.ts";
import { allOperators, type Emit, type Example, type Operator } from "../operators/index.ts";
import { build, differentiated } from "./operator-example.fixture.ts";
import { runReference } from "./reference.ts";

/** Σ coefficient·value over all elements, the coefficients fixed random numbers. */
function mixture(g: Emit, values: readonly Value[], rng: Rng): Value | undefined {
  return values
    .map((value) => {
      const dims = value.type!.dims as number[];
      const c = Array.from({ length: sizeOf(dims) }, () => rng.uniform() + 0.5);
      return g.sum(
        g.mul(value, g.tensorLike(value, dims, c)),
        dims.map((_, axis) => axis),
      );
    })
    .reduce((sum: Value | undefined, part) => (sum === undefined ? part : g.add(sum, part)), undefined);
}

/** The example with S and ∂S/∂x as outputs. */
function twice(op: Operator, example: Example, which: readonly number[]) {
  const test = build(op, example, true);
  const { g, model, outputs, inputs } = test;
  const rng = new Rng(11, "second order");
  const known = outputs.filter(
    ({ type }) => isFloat(type!.dtype) && type!.dims!.every((dim) => typeof dim === "number"),
  );
  const loss = mixture(
    g,
    known.map((y) => g.scale(g.mul(y, y), 0.5)),
    rng,
  )!;
  const x = which.map((index) => inputs[index]!);
  const sum = mixture(g, gradients(g, loss, x), rng)!;
  const second = gradients(g, sum, x);
  model.graph.outputs.splice(0, Number.POSITIVE_INFINITY, sum, ...second);
  const run = (feeds: typeof test.feeds) => {
    const results = runReference(model, feeds).outputs;
    return model.graph.outputs.map((output) => results[output.name]!);
  };
  return { feeds: test.feeds, run };
}

/** So many elements of each input are moved. */
const SAMPLES = 12;

function check(op: Operator, example: Example, which: readonly number[]): void {
  const { feeds, run } = twice(op, example, which);
  const [, ...emitted] = run(feeds);
  for (const [k, index] of which.entries()) {
    const name = `in${index}`;
    const x = feeds[name]!;
    const analytic = numbers(emitted[k]!);
    const scale = Math.max(1, ...analytic.map(Math.abs));
    const stride = Math.ceil(x.data.length / SAMPLES);
    for (let i = 0; i < x.data.length; i += stride) {
      const step = 1e-5 * Math.max(1, Math.abs(numbers(x)[i]!));
      const moved = (by: number) => {
        const data = Float64Array.from(numbers(x));
        data[i]! += by;
        return numbers(run({ ...feeds, [name]: { ...x, data } })[0]!)[0]!;
      };
      const numeric = (moved(step) - moved(-step)) / (2 * step);
      if (!(Math.abs(analytic[i]! - numeric) <= 1e-5 * Math.max(scale, Math.abs(numeric)))) {
        expect.fail(`∂S/∂input ${index}[${i}]: emitted ${analytic[i]}, central differences ${numeric}`);
      }
    }
  }
}

/** Larger examples show nothing that smaller ones of the same operator do not. */
const LARGEST = 64;

const chosen = process.env.FEMTO_OP?.split(",");
const cases = allOperators()
  .filter((op) => chosen === undefined || chosen.includes(op.name))
  .flatMap((op) => op.examples.map((example) => ({ op, example, which: differentiated(op, example) })))
  .filter(({ which }) => which.length > 0)
  .filter(({ example, which }) => which.every((index) => sizeOf(example.inputs[index]!.dims) <= LARGEST));

describe("the gradient of the gradient equals central differences", () => {
  it.each(cases.map(({ op, example, which }) => [`${op.name}: ${example.name}`, op, example, which] as const))(
    "%s",
    (_name, op, example, which) => check(op, example, which),
  );
});
