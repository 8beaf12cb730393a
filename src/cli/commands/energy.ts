/** @file `femto energy`: what any ONNX file costs on a described machine, without training anything. */

import { join } from "node:path";
import { FemtoError, fail } from "../../base/errors.ts";
import { makeFolder } from "../../data/index.ts";
import { orderHolds } from "../../energy/index.ts";
import {
  type EnergyReport,
  energyReportSchema,
  renderCsv,
  renderEnergyHtml,
  renderEnergyTerminal,
} from "../../reports/index.ts";
import { version, write, writeJson } from "../../runs/index.ts";
import { activityFile } from "../activity-file.ts";
import { command } from "../command.ts";
import { readData } from "../dataset.ts";
import { type Asked, type Priced, priceSubject, readForEnergy } from "../energy-subject.ts";
import { readMachineNamed } from "../machine-file.ts";
import { measureActivity } from "../measure-activity.ts";
import { numberOf, wholeOf } from "../values.ts";

export const energy = command({
  name: "energy",
  about: [
    "Prices one inference of an ONNX file on a described machine, layer by layer and cause by cause. Nothing is trained or run: the work is counted from the shapes, a mapping turns it into actions, and the machine's cited prices turn actions into joules. What has no price is listed, and the total is then a lower bound (≥).",
    "Bit-widths are those of the file where it is quantised, float32 where it is not, or what --bits says. --compare and --versus put a second model or a second machine beside the first, and say how often their order holds when prices vary over their ranges.",
    "With --out it writes report.json, report.html and rows.csv; femto explain then prints the chain behind any figure.",
  ],
  examples: [
    "femto energy ./my.onnx --machine horowitz-45nm-sram8k --bits w4a8",
    "femto energy resnet20 --bits 8 --compare resnet8 --rate 10 --battery 1000",
    "femto energy ./my.onnx --machine ./my.yaml --dim seq=128 --out runs/energy",
  ],
  args: {
    model: { type: "positional", required: true, description: "an ONNX file, or a network of the zoo" },
    machine: {
      type: "string",
      valueHint: "NAME|FILE",
      description: "the machine (horowitz-45nm-sram32k)",
    },
    bits: { type: "string", valueHint: "w4a8", description: "bit-widths of weights and activations, or float32" },
    mapping: { type: "string", valueHint: "NAME", description: "another mapping than the machine's own" },
    "no-fuse": { type: "boolean", description: "let element-wise nodes read and write memory on their own" },
    batch: { type: "string", valueHint: "N", description: "examples in one run (1)" },
    dim: { type: "string", valueHint: "NAME=SIZE", description: "sizes of other symbolic dimensions" },
    activity: {
      type: "string",
      valueHint: "DATA|FILE",
      description:
        "data on which to measure zeros (a file, or a name of femto data list), or measured activity as JSON",
    },
    examples: { type: "string", valueHint: "N", description: "examples of the data to measure on (500)" },
    "spike-rate": { type: "string", valueHint: "R", description: "spiking cores: spikes per neuron and step, assumed" },
    steps: { type: "string", valueHint: "T", description: "spiking cores: time steps of an inference" },
    compare: { type: "string", valueHint: "MODEL", description: "a second model on the same machine" },
    versus: { type: "string", valueHint: "MACHINE", description: "the same model on a second machine" },
    rate: { type: "string", valueHint: "R", description: "runs a second (inferences, without --batch): prints power" },
    battery: { type: "string", valueHint: "MWH", description: "a battery: prints how long it lasts at --rate" },
    ram: { type: "string", valueHint: "KB", description: "memory for activations: prints whether they fit" },
    flash: { type: "string", valueHint: "KB", description: "memory for weights: prints whether they fit" },
    latency: { type: "string", valueHint: "MS", description: "time for a run: prints whether it holds" },
    csv: { type: "boolean", description: "print the rows as CSV instead of the table" },
    out: { type: "string", valueHint: "FOLDER", description: "write report.json, report.html and rows.csv" },
  },
  async run({ args, words, output }) {
    if (args.compare !== undefined && args.versus !== undefined) {
      fail({
        code: "option.conflict",
        where: "--versus",
        message: "two things are compared at a time",
        expected: "either --compare MODEL or --versus MACHINE",
      });
    }
    if (args.battery !== undefined && args.rate === undefined) {
      fail({
        code: "option.missing",
        where: "--battery",
        message: "how long a battery lasts depends on how often the model runs",
        expected: "--rate R as well",
      });
    }
    const asked = await askedOf(args);
    const machine = readMachineNamed(args.machine ?? "horowitz-45nm-sram32k");
    const subjects = [price(args.model, machine, asked)];
    if (args.compare !== undefined) subjects.push(price(args.compare, machine, asked));
    if (args.versus !== undefined) subjects.push(price(args.model, readMachineNamed(args.versus), asked));
    const report = reportOf(`femto ${words.join(" ")}`, subjects);
    if (args.out !== undefined) writeFiles(args.out, report);
    output.json(report);
    output.print(args.csv ? renderCsv(report) : renderEnergyTerminal(report, output));
    if (args.out !== undefined) output.note(`written: ${join(args.out, "report.html")}, report.json, rows.csv`);
  },
});

interface Args {
  readonly [option: string]: unknown;
}

async function askedOf(args: Args): Promise<Asked> {
  const text = (option: string) => args[option] as string | undefined;
  const positive = (option: string) => numberOf(option, text(option), { least: 0 });
  const [ramKb, flashKb, latencyMs] = [positive("ram"), positive("flash"), positive("latency")];
  const examples = wholeOf("examples", text("examples"), { least: 1 }) ?? 500;
  return {
    bits: text("bits"),
    batch: wholeOf("batch", text("batch"), { least: 1 }),
    dims: text("dim"),
    mapping: text("mapping"),
    fuse: args["no-fuse"] !== true,
    activity: await activityOf(text("model")!, text("activity"), examples),
    spikeRate: numberOf("spike-rate", text("spike-rate"), { least: 0, most: 1 }),
    timeSteps: wholeOf("steps", text("steps"), { least: 1 }),
    perSecond: positive("rate"),
    batteryMwh: positive("battery"),
    most: {
      ...(ramKb !== undefined && { ramKb }),
      ...(flashKb !== undefined && { flashKb }),
      ...(latencyMs !== undefined && { latencyMs }),
    },
  };
}

/** Shapes are enough for a float model; the codes of a quantised one say how many bits they need. */
function priceShapes(word: string, machine: ReturnType<typeof readMachineNamed>, asked: Asked): Priced {
  try {
    return priceSubject(readForEnergy(word, "absent"), machine, asked);
  } catch (error) {
    if (!(error instanceof FemtoError && error.code === "tensor.absent")) throw error;
    return priceSubject(readForEnergy(word), machine, asked);
  }
}

/** Activity from a JSON file, or measured on data. */
async function activityOf(word: string, source: string | undefined, examples: number): Promise<Asked["activity"]> {
  if (source === undefined) return undefined;
  if (source.endsWith(".json")) return activityFile(source);
  const { test } = await readData(source, {});
  const { name, model } = readForEnergy(word);
  return measureActivity(name, model, test, examples);
}

function price(word: string, machine: ReturnType<typeof readMachineNamed>, asked: Asked): Priced {
  try {
    return priceShapes(word, machine, asked);
  } catch (error) {
    // Loop nests of narrow machines fail on the room that floats take before they fail on a price.
    const isFloat =
      error instanceof FemtoError && /^(machine\.price|nest\.)/.test(error.code) && asked.bits === undefined;
    if (!isFloat) throw error;
    const hint = "the model was priced in the file's own format; --bits 8 prices it as 8-bit integers";
    throw new FemtoError({ ...error.toJSON(), hint }, { cause: error });
  }
}

function reportOf(commandLine: string, priced: readonly Priced[]): EnergyReport {
  const [first, second] = priced;
  const isComparable = second !== undefined && second.bill.unit.label === first!.bill.unit.label;
  return energyReportSchema.parse({
    schema: "femto.energy/1",
    command: commandLine,
    femto: version(),
    subjects: priced.map(({ subject }) => subject),
    comparison: isComparable
      ? { ratio: second.bill.total.mid / first!.bill.total.mid, ...orderHolds(first!.bill, second.bill) }
      : null,
  });
}

function writeFiles(folder: string, report: EnergyReport): void {
  makeFolder(folder);
  writeJson(join(folder, "report.json"), report);
  write(join(folder, "rows.csv"), renderCsv(report));
  write(join(folder, "report.html"), renderEnergyHtml(report));
}
