/** @file `femto export`: a quantised model in another form. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../../base/errors.ts";
import { formatBytes } from "../../base/units.ts";
import { type LutForm, lutForms, requireCodebooks, toInteger, toQdq, toQonnx } from "../../export/index.ts";
import type { Model } from "../../graph/model.ts";
import { readModelFile, writeModelFile } from "../../onnx/index.ts";
import { isFakeQuant } from "../../rewrites/index.ts";
import { write } from "../../runs/index.ts";
import { command } from "../command.ts";
import { exportLutNetwork, lutArgs } from "../lut-export.ts";
import { fileOfRun } from "../run-file.ts";
import { choiceOf } from "../values.ts";

const forms = ["qdq", "int", "qonnx"] as const;
type Form = (typeof forms)[number];

const allForms = [...forms, ...lutForms];
const isOfLuts = (form: Form | LutForm): form is LutForm => (lutForms as readonly string[]).includes(form);

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
    "Writes a network in the form you name. A quantised one as an ONNX file: from the folder of a run the file that the run wrote, its checksum held against the report; from a model with Femto's own quantisers (femto.FakeQuant) lowered anew.",
    "qdq is QuantizeLinear, Clip and DequantizeLinear, which every runtime runs; int is integer arithmetic, equal to the reference bit by bit; qonnx has the Quant nodes of QONNX, with the true bit-widths as inputs.",
    "--storage codebook keeps the integer weights of a layer that has few values (femto optimize --method lws) as indices of ⌈log2 k⌉ bits and a table of the k values; standard operators look them up, and every runtime answers the same bits.",
    "A network of lookup tables (femto optimize --method dwn) as logic, from raw samples to class, into the folder --out: wasm (WebAssembly, and a JavaScript module with it inside), js (a JavaScript module alone), c (one C99 file), verilog. What was written is read again and run on samples; every class and every count of ones is held against the network, and the network against the ONNX file. Verilog is run as gates by Yosys, C by an installed compiler; where there is none, it says so.",
    "--fpga maps the circuit with Yosys and counts lookup tables with and without the encoder; the mapped circuit is run on the samples, too. Counters are as wide as the tables of the fabric, so that two fabrics get a circuit each, in folders of their names. With --keep-tables it is proved to be the network for every sample there is: every bit of the encoder, every table, every count and the class.",
  ],
  examples: [
    "femto export runs/start --to qonnx --out lenet5.qonnx.onnx",
    "femto export runs/start --row 'uniform 4 bit' --to int --out four.onnx",
    "femto export runs/lenet5-mnist --to qdq --storage codebook --out small.onnx",
    "femto export runs/lenet5-mnist --to c --data mnist --out digits",
    "femto export model.onnx --to verilog --pipelined --fpga xilinx,ice40 --out rtl",
    "femto export model.onnx --to verilog --fpga xilinx --keep-tables --out rtl",
  ],
  args: {
    source: {
      type: "positional",
      required: true,
      description:
        "the folder of a run, or an ONNX file with femto.FakeQuant nodes or of lookup tables (or its network.json)",
    },
    to: { type: "string", valueHint: "FORM", description: "qdq, int or qonnx; wasm, c, js or verilog" },
    out: { type: "string", valueHint: "PATH", description: "the file to write; for lookup tables the folder" },
    storage: {
      type: "string",
      valueHint: "HOW",
      description: "codebook: weights of few values as indices into a table of them (qdq, int); bytes as they are",
    },
    row: { type: "string", valueHint: "NAME", description: "the row of the run (the first of its method)" },
    ...lutArgs,
  },
  async run({ args, output }) {
    const to = choiceOf("to", args.to, allForms) ?? missing("to", `one of ${allForms.join(", ")}`);
    const out = args.out ?? missing("out", isOfLuts(to) ? "the folder to write into" : "the file to write");
    const { source } = args;
    const isRun = existsSync(source) && statSync(source).isDirectory();
    const storage = choiceOf("storage", args.storage, ["bytes", "codebook"]);
    if (storage === "codebook" && to !== "qdq" && to !== "int") noCodebook(to);
    if (isOfLuts(to)) {
      const path = isRun ? fileOfRun(source, args.row, "model.onnx") : source;
      return exportLutNetwork(path, to, out, args, output);
    }
    if (storage === "codebook") {
      const model = isRun ? readModelFile(fileOfRun(source, args.row, fileOf[to])) : lowering[to](quantised(source));
      writeModelFile(requireCodebooks(model, basename(source)).model, out);
    } else if (isRun) write(out, readFileSync(fileOfRun(source, args.row, fileOf[to])));
    else writeModelFile(lowering[to](quantised(source)), out);
    const bytes = readFileSync(out);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    output.json({ path: out, form: to, bytes: bytes.length, sha256 });
    output.print(`${out}  ${formatBytes(bytes.length)}  sha256 ${sha256}`);
  },
});

const noCodebook = (to: "qonnx" | LutForm): never =>
  fail({
    code: "option.value",
    where: "--storage",
    message:
      to === "qonnx"
        ? "QONNX keeps weights as floats in front of their quantiser"
        : "a network of lookup tables has no weights to keep",
    expected: "--to qdq or --to int for codebooks",
    got: `--to ${to}`,
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
