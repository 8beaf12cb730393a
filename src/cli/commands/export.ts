/** @file `femto export`: a quantised model in another form. */

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fail } from "../../base/errors.ts";
import { formatBytes } from "../../base/units.ts";
import { toInteger, toQdq, toQonnx } from "../../export/index.ts";
import type { Model } from "../../graph/model.ts";
import { readModelFile, writeModelFile } from "../../onnx/index.ts";
import { methodRows, type Report, type ReportRow, reportSchema } from "../../reports/index.ts";
import { isFakeQuant } from "../../rewrites/index.ts";
import { command } from "../command.ts";
import { didYouMean } from "../suggest.ts";
import { choiceOf } from "../values.ts";

const forms = ["qdq", "int", "qonnx"] as const;
type Form = (typeof forms)[number];

/** What a run calls each form. */
const fileOf: Readonly<Record<Form, string>> = {
  qdq: "model.onnx",
  int: "model.int.onnx",
  qonnx: "model.qonnx.onnx",
};

const lowering: Readonly<Record<Form, (model: Model) => Model>> = {
  qdq: (model) => toQdq(model).model,
  int: (model) => toInteger(model).model,
  qonnx: toQonnx,
};

export const exportModel = command({
  name: "export",
  about: [
    "Writes a quantised network as an ONNX file of the form you name. From the folder of a run: the file that the run wrote, its checksum held against the report. From a model with Femto's own quantisers (femto.FakeQuant): lowered anew.",
    "qdq is QuantizeLinear, Clip and DequantizeLinear, which every runtime runs; int is integer arithmetic, equal to the reference bit by bit; qonnx has the Quant nodes of QONNX, with the true bit-widths as inputs.",
  ],
  examples: [
    "femto export runs/start --to qonnx --out lenet5.qonnx.onnx",
    "femto export runs/start --row 'uniform 4 bit' --to int --out four.onnx",
  ],
  args: {
    source: {
      type: "positional",
      required: true,
      description: "the folder of a run, or an ONNX file with femto.FakeQuant nodes",
    },
    to: { type: "string", valueHint: "FORM", description: "qdq, int or qonnx" },
    out: { type: "string", valueHint: "FILE", description: "the file to write" },
    row: { type: "string", valueHint: "NAME", description: "the row of the run (the first with learned bits)" },
  },
  async run({ args, output }) {
    const to = choiceOf("to", args.to, forms) ?? missing("to", `one of ${forms.join(", ")}`);
    const out = args.out ?? missing("out", "the file to write");
    const source = args.source;
    if (existsSync(source) && statSync(source).isDirectory()) copyFromRun(source, args.row, to, out);
    else writeModelFile(lowering[to](quantised(source)), out);
    const bytes = readFileSync(out);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    output.json({ path: out, form: to, bytes: bytes.length, sha256 });
    output.print(`${out}  ${formatBytes(bytes.length)}  sha256 ${sha256}`);
  },
});

const missing = (option: string, expected: string): never =>
  fail({ code: "usage.missing", where: "femto export", message: `--${option} is missing`, expected });

function quantised(path: string): Model {
  const model = readModelFile(path);
  if (model.graph.nodes.some(isFakeQuant)) return model;
  return fail({
    code: "export.plain",
    where: basename(path),
    message: "the model has no femto.FakeQuant nodes, so there is nothing to lower",
    hint: "give the folder of a run, or quantise the model with femto optimize",
  });
}

/** Copies a file of the run, after holding it against the report. */
function copyFromRun(folder: string, name: string | undefined, to: Form, out: string): void {
  const row = rowOf(readReport(folder), name, folder);
  const file = row.artefacts[fileOf[to]];
  if (file === undefined) {
    fail({
      code: "export.form",
      where: `${folder} › ${row.name}`,
      message: `this row was not written in the form ${to}`,
      got: Object.keys(row.artefacts).join(", "),
    });
  }
  const path = join(folder, file.path);
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (sha256 !== file.sha256) {
    fail({
      code: "export.checksum",
      where: path,
      message: "the file is not the one that the run measured",
      expected: `sha256 ${file.sha256}`,
      got: `sha256 ${sha256}`,
    });
  }
  copyFileSync(path, out);
}

function readReport(folder: string): Report {
  const path = join(folder, "report.json");
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail({ code: "report.json", where: path, message: "the report is not JSON", got: error.message });
  }
  const parsed = reportSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail({
    code: "report.schema",
    where: `${path} › ${issue!.path.join(".")}`,
    message: issue!.message,
    hint: "the report is of another version, or not Femto's",
  });
}

function rowOf(report: Report, name: string | undefined, folder: string): ReportRow {
  const names = report.rows.map((row) => row.name);
  const found =
    name === undefined ? (methodRows(report)[0] ?? report.rows[0]) : report.rows.find((row) => row.name === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name ?? "", names);
  return fail({
    code: "export.row",
    where: folder,
    message: `the report has no row "${name}"`,
    expected: names.join(", "),
    ...(hint && { hint }),
  });
}
