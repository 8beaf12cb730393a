/** @file `femto export` of a network of lookup tables: files of logic, what they were checked on, what a circuit takes. */

import { basename, join } from "node:path";
import { fail } from "../base/errors.ts";
import { sizeOf } from "../base/tensor.ts";
import { formatBytes } from "../base/units.ts";
import type { Dataset } from "../data/index.ts";
import type { LutNetwork, Samples } from "../engine/bits/index.ts";
import { describeLutNetwork, edgeSamples, type FileCheck, type LutForm, samplesOf } from "../export/index.ts";
import { readModelFile } from "../onnx/index.ts";
import { readData } from "./dataset.ts";
import { dontCareText, withDontCares } from "./lut-dont-care.ts";
import { type FpgaResult, fpgaText } from "./lut-fpga.ts";
import { compareWithModel, networkOf, readNetworkData } from "./lut-source.ts";
import { type Writing, written } from "./lut-writing.ts";
import type { Output } from "./output.ts";
import { StageLine } from "./stage-line.ts";
import { choiceOf, wholeOf, wordsOf } from "./values.ts";

export const lutArgs = {
  name: { type: "string", valueHint: "NAME", description: "lookup tables: name of the files (lut_network)" },
  data: { type: "string", valueHint: "DATA", description: "lookup tables: check on the test part of these data" },
  "data-dir": { type: "string", valueHint: "FOLDER", description: "a folder to look for data sets in first" },
  samples: {
    type: "string",
    valueHint: "N",
    description: "lookup tables: check on so many samples (1000 drawn at the thresholds, or all of --data)",
  },
  seed: { type: "string", valueHint: "N", description: "seed of the samples (1)" },
  "dont-care": {
    type: "string",
    valueHint: "N",
    description:
      "lookup tables: entries that fewer than N training samples of --data read are free; accuracy before and after",
  },
  pipelined: { type: "boolean", description: "verilog: registers between levels, one sample a clock cycle" },
  fpga: {
    type: "string",
    valueHint: "FABRICS",
    description: "verilog: map to xilinx, ice40 or both, and count",
  },
  "keep-tables": {
    type: "boolean",
    description: "verilog, --fpga: tables and counters stay as given, which maps quickly and is proved",
  },
} as const;

interface Asked {
  readonly name?: string | undefined;
  readonly data?: string | undefined;
  readonly "data-dir"?: string | undefined;
  readonly samples?: string | undefined;
  readonly seed?: string | undefined;
  readonly "dont-care"?: string | undefined;
  readonly pipelined?: boolean | undefined;
  readonly fpga?: string | undefined;
  readonly "keep-tables"?: boolean | undefined;
}

/** @throws FemtoError `export.lut` where the model is no network of lookup tables; `export.differs`, `usage.*`, `data.*` */
export async function exportLutNetwork(path: string, form: LutForm, folder: string, asked: Asked, output: Output) {
  const words = [...new Set(wordsOf(asked.fpga))];
  const fabrics = words.map((word) => choiceOf("fpga", word, ["xilinx", "ice40"] as const)!);
  refuseMisplaced(form, asked, fabrics);
  const isData = path.endsWith(".json");
  const model = isData ? undefined : readModelFile(path);
  const data = asked.data === undefined ? undefined : await readData(asked.data, { dataDir: asked["data-dir"] });
  const least = wholeOf("dont-care", asked["dont-care"], { least: 1 });
  const given = model === undefined ? readNetworkData(path) : networkOf(model, basename(path), data?.test);
  const { raw } = given;
  const { samples, source, labels } = drawn(given.network, data?.test, asked);
  const same = model && (await compareWithModel(model, basename(path), given.network, raw, samples));
  const share = labels && ((classes: Uint8Array) => shareOf(classes, labels));
  const freed =
    least === undefined ? undefined : await withDontCares(given.network, data?.train, least, samples, share);
  const { network } = freed ?? given;
  const how = {
    name: asked.name ?? "lut_network",
    isPipelined: asked.pipelined === true,
    keepsTables: asked["keep-tables"] === true,
  };
  const line = new StageLine(output);
  const writings: Writing[] = [];
  for (const fabric of fabrics.length === 0 ? [undefined] : fabrics) {
    const into = fabrics.length > 1 ? join(folder, fabric!) : folder;
    writings.push(await written(network, form, into, samples, { ...how, fabric, progress: line.show }));
  }
  line.finish();
  const files = writings.flatMap((writing) => writing.files);
  // A second circuit is checked as the first one.
  const [{ check }] = writings as [Writing];
  const { samples: checked, by, missing, counts } = check;
  const accuracy = share?.(check.classes);
  output.print(describeLutNetwork(network));
  for (const { path, bytes, sha256 } of files) output.print(`${path}  ${formatBytes(bytes)}  sha256 ${sha256}`);
  output.print(`samples  ${source}${accuracy === undefined ? "" : `: ${(100 * accuracy).toFixed(2)} % right`}`);
  if (same !== undefined) {
    const equal = `${same.examples} classes and ${same.codes} counts are equal`;
    output.print(`network  ${basename(path)} in ONNX Runtime: ${equal}`);
  }
  if (freed !== undefined) output.print(dontCareText(freed.dontCare));
  for (const { check, fpga } of writings) {
    output.print(`files    ${checkText(check)}`);
    if (fpga !== undefined) output.print(fpgaText(fpga));
  }
  // Before the document, so that there is one: the error.
  for (const { fpga } of writings) if (fpga?.check !== undefined) refuseDifference(fpga.target, fpga.check);
  output.json({
    source: path,
    form,
    network: describeLutNetwork(network),
    raw,
    files,
    check: {
      samples: checked,
      source,
      by: by ?? null,
      missing: missing ?? null,
      counts,
      onnxRuntime: same?.verdict ?? null,
    },
    ...(accuracy !== undefined && { accuracy }),
    ...(freed && { dontCare: freed.dontCare }),
    ...(form === "verilog" && { circuits: writings.map(({ latency, fpga = null }) => ({ latency, fpga })) }),
  });
}

function refuseDifference(target: string, { samples, differ, first }: NonNullable<FpgaResult["check"]>): void {
  if (differ === 0) return;
  const message = "the mapped circuit does not answer what the network answers";
  const got = `${differ} of ${samples} samples get another class, first sample ${first}`;
  fail({ code: "export.differs", where: `circuit on ${target}`, message, got });
}

function checkText({ samples, by, missing, counts }: FileCheck): string {
  if (by === undefined) return `not run: ${missing} is missing here`;
  return `by ${by}: ${samples} classes${counts === 0 ? "" : ` and ${counts} counts`} are equal`;
}

function refuseMisplaced(form: LutForm, asked: Asked, fabrics: readonly string[]): void {
  const { pipelined, fpga } = asked;
  const keeps = asked["keep-tables"];
  const ofVerilog = { pipelined, fpga, "keep-tables": keeps };
  const misplaced = form === "verilog" ? [] : Object.entries(ofVerilog).filter(([, value]) => value);
  if (misplaced.length > 0) {
    const where = `--${misplaced[0]![0]}`;
    fail({ code: "usage.option", where, message: "belongs to verilog", got: `--to ${form}` });
  }
  if (keeps === true && fabrics.length === 0) {
    const message = "is for a circuit that is mapped";
    fail({ code: "usage.option", where: "--keep-tables", message, expected: "--fpga xilinx or --fpga ice40" });
  }
}

interface Drawn {
  readonly samples: Samples;
  readonly source: string;
  readonly labels?: ArrayLike<number | bigint>;
}

/** @throws FemtoError `data.shape` where the data are not what the network reads */
function drawn(network: LutNetwork, test: Dataset | undefined, asked: Asked): Drawn {
  const seed = wholeOf("seed", asked.seed, { least: 0 }) ?? 1;
  const most = wholeOf("samples", asked.samples, { least: 1 });
  const { features, dtype } = network.input;
  if (test === undefined) {
    const count = most ?? 1000;
    return { samples: edgeSamples(network, count, seed), source: `${count} drawn at the thresholds, seed ${seed}` };
  }
  const { inputs, labels, name, split } = test;
  if (sizeOf(inputs.dims.slice(1)) !== features || (inputs.dtype === "uint8") !== (dtype === "uint8")) {
    fail({
      code: "data.shape",
      where: name,
      message: "the network does not read such samples",
      expected: `${features} features of ${dtype}`,
      got: `${inputs.dims.slice(1).join("×")} of ${inputs.dtype}`,
    });
  }
  const count = Math.min(most ?? inputs.dims[0]!, inputs.dims[0]!);
  const samples = samplesOf(inputs).subarray(0, count * features);
  const source = `${count} of the ${split} part of ${name}`;
  return { samples, source, ...(labels && { labels: labels.data as ArrayLike<number> }) };
}

const shareOf = (classes: Uint8Array, labels: ArrayLike<number | bigint>): number =>
  classes.filter((guess, i) => guess === Number(labels[i])).length / classes.length;
