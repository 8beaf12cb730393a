/** @file `femto circuit table`: a machine file whose multiply-accumulate costs what the weight in it makes it switch. */

import { fail } from "../../base/errors.ts";
import { defaultArray } from "../../circuits/characterise/index.ts";
import { type PublishedEnergy, publishedEnergies } from "../../circuits/gates/index.ts";
import { type Multiplier, multipliers } from "../../circuits/netlist/index.ts";
import { type Machine, readMachine, withMacTable } from "../../machines/index.ts";
import { macTable, write } from "../../runs/index.ts";
import { command } from "../command.ts";
import { readMachineNamed } from "../machine-file.ts";
import { trafficArgs, trafficOf } from "../traffic.ts";
import { choiceOf, wholeOf } from "../values.ts";

const published = Object.keys(publishedEnergies) as PublishedEnergy[];

export const circuitTable = command({
  name: "circuit table",
  about: [
    "Characterises a multiply-accumulate unit gate by gate, once for each weight value, and writes a machine file in which a multiply-accumulate costs what the weight in it makes it switch: another machine's file with that table in place of its integer products, and with the clock of the array's registers as power by the second. femto energy then prices a quantised model by the weights it has.",
    "With --network and --data the transitions are those of the network's own layers (one table, the mean by multiply-accumulates); without them they are uniform random, which no network's are. The table says on which netlist, stimulus and constant it rests; nothing of a foundry library or a layout is in it.",
  ],
  examples: [
    "femto circuit table --network model.int.onnx --data mnist10k --activation-bits 9 --out booth.yaml",
    "femto circuit table --machine lpddr4-edge --zero-gated --out gated.yaml",
  ],
  args: {
    machine: {
      type: "string",
      valueHint: "NAME|FILE",
      description: "the machine that the rest is taken from, with a systolic array (lpddr4-edge)",
    },
    multiplier: { type: "string", valueHint: "KIND", description: "booth4 or baughWooley (booth4)" },
    separate: { type: "boolean", description: "the product is complete before the partial sum is added" },
    "zero-gated": { type: "boolean", description: "a weight of zero holds the arithmetic still" },
    "activation-bits": { type: "string", valueHint: "N", description: "signed activations of so many bits (8)" },
    delay: { type: "string", valueHint: "MODEL", description: "zero, or unit (unit)" },
    published: { type: "string", valueHint: "NAME", description: "what one operation takes (mac8 45nm)" },
    ...trafficArgs,
    draws: { type: "string", valueHint: "N", description: "transitions for each weight (2048)" },
    seed: { type: "string", valueHint: "N", description: "seed of the transitions (1)" },
    out: { type: "string", valueHint: "FILE", description: "where the machine file goes; without it, to the screen" },
  },
  async run({ args, output }) {
    const machine = readMachineNamed(args.machine ?? "lpddr4-edge");
    const activationBits = wholeOf("activation-bits", args["activation-bits"], { least: 2, most: 10 }) ?? 8;
    const table = await macTable(
      {
        array: arrayOf(machine, activationBits),
        multiplier: choiceOf("multiplier", args.multiplier, Object.keys(multipliers) as Multiplier[]) ?? "booth4",
        isFused: args.separate !== true,
        isZeroGated: args["zero-gated"] === true,
        delay: choiceOf("delay", args.delay, ["zero", "unit"]) ?? "unit",
        published: choiceOf("published", args.published, published) ?? "mac8 45nm",
        draws: wholeOf("draws", args.draws, { least: 16, most: 1_000_000 }) ?? 2048,
        seed: wholeOf("seed", args.seed, { least: 0 }) ?? 1,
      },
      await trafficOf(args),
      machine,
    );
    const text = withMacTable(machine, table);
    // What is written can be read.
    readMachine(text, args.out ?? "table");
    if (args.out === undefined) output.print(text);
    else write(args.out, text);
    output.json({ ...table, ...(args.out !== undefined && { file: args.out }) });
    const summary = summaryOf(table.weightsFj);
    output.note(
      [`${table.netlist}: ${table.stimulus}`, summary, ...(args.out ? [`written: ${args.out}`] : [])].join("\n"),
    );
  },
});

/** The machine's array with an accumulator for its rows: 8 + 8 + log2 64 = 22. */
function arrayOf({ mapping, origin }: Machine, activationBits: number): typeof defaultArray {
  if (mapping.kind !== "systolic") {
    const [message, expected] = ["the table is that of a systolic array", "a machine with mapping: systolic"];
    return fail({ code: "machine.mac-table", where: origin, message, expected, got: mapping.kind });
  }
  const { rows, cols: columns } = mapping;
  const accumulatorBits = activationBits + 8 + Math.ceil(Math.log2(rows));
  return { ...defaultArray, rows, columns, activationBits, accumulatorBits };
}

function summaryOf(weightsFj: readonly number[]): string {
  const half = weightsFj.length / 2;
  const order = [...weightsFj.keys()].sort((a, b) => weightsFj[a]! - weightsFj[b]!);
  const text = (i: number) => `${i - half} ${weightsFj[i]!.toFixed(1)} fJ`;
  const mean = weightsFj.reduce((sum, energy) => sum + energy, 0) / weightsFj.length;
  return `mean ${mean.toFixed(1)} fJ; cheapest ${order.slice(0, 5).map(text).join(", ")}; dearest ${order.slice(-3).reverse().map(text).join(", ")}`;
}
