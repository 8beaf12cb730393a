/**
 * @file Is the artefact the model that was measured? The integer form is run by the reference engine (plain loops on
 * whole numbers) and by ONNX Runtime, and every code and accumulator is compared on every example; the QDQ form is
 * compared code by code and by its decision, since float products may fall on the other side of a rounding tie.
 */

import { fail } from "../base/errors.ts";
import { rowsOf, type Tensor } from "../base/tensor.ts";
import { type OrtEngine, runReference } from "../engine/index.ts";
import { cloneModel } from "../graph/clone.ts";
import { allValues } from "../graph/graph.ts";
import type { Model } from "../graph/model.ts";
import { argmax, type EvaluationData, withNormalisation } from "../training/index.ts";

export interface Comparison {
  readonly examples: number;
  readonly argmaxDiffers: number;
  readonly codes: number;
  readonly codesDiffer: number;
  readonly accumulators: number;
  readonly accumulatorsDiffer: number;
  readonly verdict: "bit-exact" | "argmax-equal" | "differs";
}

/** A model, and the values in it that are compared. */
export interface Probed {
  readonly model: Model;
  readonly codes: readonly string[];
  readonly accumulators?: readonly string[];
}

class Counter {
  examples = 0;
  argmaxDiffers = 0;
  codes = 0;
  codesDiffer = 0;
  accumulators = 0;
  accumulatorsDiffer = 0;

  result(): Comparison {
    const isExact = this.codesDiffer === 0 && this.accumulatorsDiffer === 0 && this.argmaxDiffers === 0;
    const verdict = isExact ? "bit-exact" : this.argmaxDiffers === 0 ? "argmax-equal" : "differs";
    return { ...this, verdict };
  }
}

/** Compares both forms with the reference on all examples. */
export async function compareWithReference(
  engine: OrtEngine,
  integer: Probed,
  qdq: Probed,
  data: EvaluationData,
  { batch = 100, onProgress }: { batch?: number; onProgress?: (done: number) => void } = {},
): Promise<{ integer: Comparison; qdq: Comparison }> {
  const reference = probe(integer, data);
  const integerSession = await engine.load(reference.model, { keepQdq: true });
  const other = probe(qdq, data);
  const qdqSession = await engine.load(other.model, { keepQdq: true });
  const [a, b] = [new Counter(), new Counter()];
  const examples = data.inputs.dims[0]!;
  for (let from = 0; from < examples; from += batch) {
    const raw = rowsOf(data.inputs, from, Math.min(examples, from + batch));
    const expected = runReference(reference.model, { raw }).outputs;
    const exact = reference.names.map((name) => expected[name]!);
    const integerOut = await integerSession.run({ raw }, { fetch: reference.names });
    const qdqOut = await qdqSession.run({ raw }, { fetch: other.names });
    compare(
      a,
      exact,
      reference.names.map((name) => integerOut[name]!),
      integer.codes.length,
    );
    const codes = exact.slice(0, 1 + qdq.codes.length);
    compare(
      b,
      codes,
      other.names.map((name) => qdqOut[name]!),
      qdq.codes.length,
    );
    onProgress?.(Math.min(examples, from + batch));
  }
  await integerSession.release();
  await qdqSession.release();
  return { integer: a.result(), qdq: b.result() };
}

/** The model with normalisation in front and the probed values as further outputs. */
function probe({ model, codes, accumulators = [] }: Probed, data: EvaluationData): { model: Model; names: string[] } {
  const copy = cloneModel(model);
  const values = new Map(allValues(copy.graph).map((value) => [value.name, value]));
  const probed = [...codes, ...accumulators].map(
    (name) => values.get(name) ?? fail({ code: "export.probe", message: `the artefact has no value "${name}"` }),
  );
  copy.graph.outputs.splice(1, copy.graph.outputs.length, ...probed);
  const whole = withNormalisation(copy, data);
  return { model: whole, names: whole.graph.outputs.map((value) => value.name) };
}

function compare(counter: Counter, expected: readonly Tensor[], actual: readonly Tensor[], codes: number): void {
  const [logits, other] = [expected[0]!, actual[0]!];
  const rows = logits.dims[0]!;
  const classes = logits.data.length / rows;
  for (let i = 0; i < rows; i++) {
    const row = (t: Tensor) => (t.data as Float32Array).subarray(i * classes, (i + 1) * classes);
    if (argmax(row(logits)) !== argmax(row(other))) counter.argmaxDiffers++;
  }
  counter.examples += rows;
  for (let k = 1; k < expected.length; k++) {
    const [a, b] = [expected[k]!.data as Int32Array, actual[k]!.data as Int32Array];
    let differ = 0;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differ++;
    if (k <= codes) {
      counter.codes += a.length;
      counter.codesDiffer += differ;
    } else {
      counter.accumulators += a.length;
      counter.accumulatorsDiffer += differ;
    }
  }
}
