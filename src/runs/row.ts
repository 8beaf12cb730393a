/** @file One row of a report: train, export, measure the artefact in a fresh process, price it. */

import { join } from "node:path";
import { makeFolder, sha256 } from "../data/index.ts";
import type { Model } from "../graph/model.ts";
import type { EpochRecord, MethodContext, WeightSelection } from "../methods/index.ts";
import type { Equivalence, ReportRow } from "../reports/index.ts";
import type { ArtefactResult } from "./artefact-job.ts";
import { artefactsOf } from "./artefacts.ts";
import { environment, writable } from "./describe.ts";
import { measureOnce } from "./measure-once.ts";
import { write } from "./output.ts";
import { price } from "./price.ts";
import type { RowSpec, RunHooks, RunSpec } from "./spec.ts";
import { weightStorageOf } from "./weight-storage.ts";

export interface FinishedRow {
  readonly row: ReportRow;
  /** The trained model, from which other rows may start. */
  readonly model: Model;
  readonly history: readonly EpochRecord[];
  readonly selection?: WeightSelection | undefined;
  readonly storage?: ReturnType<typeof weightStorageOf>;
  readonly warnings: readonly string[];
}

export interface TestFiles {
  readonly inputs: string;
  readonly labels: string;
}

/** Makes a row. Everything it writes goes into a folder of its own. */
export async function finishRow(
  spec: RunSpec,
  row: RowSpec,
  start: Model,
  test: TestFiles,
  hooks: RunHooks,
): Promise<FinishedRow> {
  const folder = join(spec.folder, fileName(row.name));
  makeFolder(folder);
  hooks.onStage?.(row.name, "training");
  const context: MethodContext = {
    data: {
      train: withLabels(spec.data.train),
      test: withLabels(spec.data.test),
      validation: spec.data.validation && withLabels(spec.data.validation),
    },
    machine: spec.machine,
    seed: row.seed,
    threads: spec.threads,
    identity: identityOf(spec, start),
    checkpoint: join(folder, "checkpoint.onnx"),
    signal: hooks.signal,
    onProgress: (progress) => hooks.onProgress?.(row.name, progress),
    onRecord: (record) => hooks.onRecord?.(row.name, record),
  };
  const outcome = await row.method.apply(context, start, row.method.options.parse(row.options));
  hooks.signal?.throwIfAborted();
  write(join(folder, "metrics.jsonl"), outcome.history.map((record) => `${JSON.stringify(record)}\n`).join(""));

  hooks.onStage?.(row.name, "exporting");
  const artefacts = artefactsOf(outcome, spec.data);
  const files: ReportRow["artefacts"] = {};
  const models = Object.entries(artefacts.models).map(([name, model]) => [name, writable(model)] as const);
  for (const [name, bytes] of [...models, ...Object.entries(artefacts.files ?? {})]) {
    write(join(folder, name), bytes);
    files[name] = { path: `${fileName(row.name)}/${name}`, bytes: bytes.length, sha256: sha256(bytes) };
  }

  hooks.onStage?.(row.name, "measuring");
  const { integer, codes, lookup } = artefacts;
  const measured = await measureOnce(
    {
      artefact: join(folder, "model.onnx"),
      ...test,
      normalisation: spec.data.test.normalisation,
      ...(integer && { integer: { path: join(folder, "model.int.onnx"), ...integer }, codes }),
      ...(lookup && { lookup: join(folder, lookup) }),
      checked: spec.checked,
    },
    hooks.signal,
  );
  const { notes = [], ...priced } = price(spec, outcome);
  hooks.onStage?.(row.name, "done");
  const warnings = [...outcome.warnings, ...artefacts.warnings, ...notes];
  if (measured.defaultRefusal !== undefined) {
    warnings.push(`ONNX Runtime with default options refuses model.onnx: ${measured.defaultRefusal}`);
  } else if ((measured.defaultDiffers ?? 0) > 0) {
    warnings.push(
      `with ONNX Runtime's default options ${measured.defaultDiffers} of ${measured.examples} decisions of model.onnx change; ` +
        "session.disable_quant_qdq=1 and session.qdq_matmulnbits_accuracy_level=0 keep them",
    );
  }
  if (artefacts.lookup !== undefined && !priced.energy.isComplete) {
    warnings.push(
      `${spec.machine.name} has no price for ${priced.energy.unmodelled.join("; ")}: the energy leaves that out, and is no ` +
        "figure to compare; a machine with lookup tables has these prices",
    );
  }
  const differs = measured.comparison?.qdq.argmaxDiffers ?? 0;
  if (differs > 0) {
    warnings.push(
      `${differs} of ${measured.comparison!.qdq.examples} decisions of model.onnx differ from the integer reference (rounding ties in ` +
        "float products); model.int.onnx is the exact form",
    );
  }
  return {
    model: outcome.model,
    history: outcome.history,
    selection: outcome.selection,
    storage: weightStorageOf(spec, outcome),
    warnings: warnings.map((text) => `${row.name}: ${text}`),
    row: {
      name: row.name,
      kind: row.kind,
      seed: row.seed,
      bytes: files["model.onnx"]!.bytes,
      accuracy: {
        ...(isLanguage(spec)
          ? { value: measured.loss, metric: "nats per character" }
          : { value: measured.accuracy, metric: "top-1" }),
        split: spec.data.test.split,
        examples: measured.examples,
        label: "measured",
        artefact: files["model.onnx"]!.path,
      },
      ...priced,
      equivalence: equivalences(measured),
      artefacts: files,
      stepSeconds: outcome.stepSeconds,
    },
  };
}

/** Text has a label for every character. */
const isLanguage = ({ data }: RunSpec): boolean => data.test.labels!.dims.length === 2;

/** A row's name as a folder: "uniform 8 bit" → "uniform-8-bit"; dots stay inside only, so that no name leads elsewhere. */
export const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");

function withLabels(data: RunSpec["data"]["train"]) {
  return { inputs: data.inputs, labels: data.labels!, normalisation: data.normalisation };
}

/** What must be the same for a checkpoint to be gone on with. */
function identityOf({ data, threads }: RunSpec, start: Model): string {
  const { femto, onnxruntime, lowerings } = environment(threads);
  const parts = [sha256(writable(start)), data.train.checksum, femto, onnxruntime, lowerings];
  if (data.validation !== undefined) parts.push(data.validation.checksum);
  return sha256(new TextEncoder().encode(parts.join("|"))).slice(0, 16);
}

function equivalences({ comparison, lookup }: ArtefactResult): Equivalence[] {
  if (lookup !== undefined) return [{ artefact: "network.json", ...lookup }];
  if (comparison === undefined) return [];
  return [
    { artefact: "model.int.onnx", ...comparison.integer },
    { artefact: "model.onnx", ...comparison.qdq },
  ];
}
