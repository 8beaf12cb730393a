/**
 * @file Gradients with a symbolic first dimension: every example of the operator table is differentiated once with
 * numbers and once with `N` in the place of the first dimension of its fed inputs; both give the same gradients, or the
 * rule refuses with a clear code because it needs the number.
 */

import { describe, expect, it } from "vitest";
import { FemtoError } from "../base/errors.ts";
import { numbers, type Tensor } from "../base/tensor.ts";
import { gradients } from "../gradient/index.ts";
import type { Value } from "../graph/value.ts";
import { allOperators, type Example, inferModel, type Operator } from "../operators/index.ts";
import { build, differentiated } from "./operator-example.fixture.ts";
import { runReference } from "./reference.ts";

/** Gradients of Σ y² with respect to the inputs; dimensions of `size` in front become `N`. */
function gradientsOf(op: Operator, example: Example, which: readonly number[], size: number | undefined): Tensor[] {
  const test = build(op, example, true);
  for (const input of test.model.graph.inputs) {
    const { dtype, dims } = input.type!;
    if (size !== undefined && dims![0] === size) input.type = { dtype, dims: ["N", ...dims!.slice(1)] };
  }
  for (const output of test.outputs) output.type = undefined;
  inferModel(test.model);
  const { g, model } = test;
  let loss: Value | undefined;
  for (const y of test.outputs) {
    if (!y.type!.dtype.startsWith("float")) continue;
    const part = g.op("ReduceSum", [g.mul(y, y)], { keepdims: false });
    loss = loss === undefined ? part : g.add(loss, part);
  }
  const grads = gradients(
    g,
    loss!,
    which.map((index) => test.inputs[index]!),
  );
  model.graph.outputs.splice(0, Number.POSITIVE_INFINITY, ...grads);
  const { outputs } = runReference(model, test.feeds);
  return grads.map((value) => outputs[value.name]!);
}

const chosen = process.env.FEMTO_OP?.split(",");
const cases = allOperators()
  .filter((op) => chosen === undefined || chosen.includes(op.name))
  .flatMap((op) => op.examples.map((example) => ({ op, example, which: differentiated(op, example) })))
  .filter(({ example, which }) => which.length > 0 && (example.inputs[which[0]!]!.dims[0] ?? 0) > 1);

/** Operators with an example that mixes N with a fixed dimension of another input, or that needs the number. */
const refused: string[] = [];

describe("gradients with a symbolic first dimension", () => {
  it.each(cases.map(({ op, example, which }) => [`${op.name}: ${example.name}`, op, example, which] as const))(
    "%s",
    (_name, op, example, which) => {
      const size = example.inputs[which[0]!]!.dims[0]!;
      const expected = gradientsOf(op, example, which, undefined);
      let symbolic: Tensor[];
      try {
        symbolic = gradientsOf(op, example, which, size);
      } catch (error) {
        if (!(error instanceof FemtoError)) throw error;
        expect(error.code).toMatch(/^(gradient|shape)\./);
        refused.push(op.name);
        return;
      }
      for (const [k, grad] of symbolic.entries()) {
        expect([...grad.dims]).toEqual([...expected[k]!.dims]);
        for (const [i, value] of numbers(grad).entries()) expect(value).toBeCloseTo(numbers(expected[k]!)[i]!, 9);
      }
    },
  );

  // Recurrent networks unroll along their first axis; the others have an example that mixes N with a fixed dimension of
  // another input, so that nobody can tell whether it was broadcast. Layers of lookup tables have examples with the
  // features first, whose number must be known.
  const known = (
    "ConditionalSum Conv DequantizeLinear Div Einsum Expand GRU GateLayer GroupSum LSTM LayerNormalization " +
    "LearnedMapping MatMul Max Mean Min Pow RMSNormalization RNN Sum Where"
  ).split(" ");

  it.skipIf(chosen !== undefined)("are refused by no other operators", () => {
    expect([...new Set(refused)].filter((name) => !known.includes(name))).toEqual([]);
  });
});
