/**
 * @file The fresh process that re-reads an artefact and measures it. It knows nothing but files: what it reports is what
 * a user of the artefact gets.
 */

import { readFileSync } from "node:fs";
import { FemtoError } from "../base/errors.ts";
import { rowsOf } from "../base/tensor.ts";
import { fromJson } from "../engine/bits/index.ts";
import { OrtEngine } from "../engine/index.ts";
import { compareLutNetwork, compareWithReference } from "../export/index.ts";
import { readModelFile, readTensor } from "../onnx/index.ts";
import { type EvaluationData, evaluate } from "../training/index.ts";
import type { ArtefactJob, ArtefactResult } from "./artefact-job.ts";

async function measure(job: ArtefactJob): Promise<ArtefactResult> {
  const engine = new OrtEngine();
  const data: EvaluationData = {
    inputs: readTensor(readFileSync(job.inputs)).tensor,
    labels: readTensor(readFileSync(job.labels)).tensor,
    normalisation: job.normalisation,
  };
  const model = readModelFile(job.artefact);
  const own = await evaluate(engine, model, data);
  let byDefault: Partial<ArtefactResult>;
  try {
    const other = await evaluate(engine, model, data, { isDefault: true });
    const defaultDiffers = other.predictions.reduce((n, guess, i) => (guess === own.predictions[i] ? n : n + 1), 0);
    byDefault = { defaultAccuracy: other.accuracy, defaultDiffers };
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    byDefault = { defaultRefusal: error.message };
  }
  const measured = { accuracy: own.accuracy, loss: own.loss, examples: own.examples, ...byDefault };
  if (job.lookup !== undefined) {
    const network = fromJson(JSON.parse(readFileSync(job.lookup, "utf8")));
    return { ...measured, lookup: await compareLutNetwork(engine, model, network, data) };
  }
  if (job.integer === undefined) return measured;
  const integer = readModelFile(job.integer.path);
  const { codes, accumulators } = job.integer;
  const integerAccuracy = (await evaluate(engine, integer, data)).accuracy;
  const qdq = { model, codes: job.codes ?? [] };
  const checked = Math.min(job.checked ?? own.examples, own.examples);
  const { inputs, labels, ...rest } = data;
  const part = { ...rest, inputs: rowsOf(inputs, 0, checked), labels: rowsOf(labels, 0, checked) };
  const comparison = await compareWithReference(engine, { model: integer, codes, accumulators }, qdq, part);
  return { ...measured, integerAccuracy, comparison };
}

/** Ends when all is written: a pipe may take its time. */
function answer(value: object): void {
  process.stdout.write(JSON.stringify(value), () => process.exit(0));
}

const job = JSON.parse(readFileSync(0, "utf8")) as ArtefactJob;
try {
  answer({ ok: true, result: await measure(job) });
} catch (error) {
  if (!(error instanceof FemtoError)) throw error;
  answer({ ok: false, error: error.toJSON() });
}
