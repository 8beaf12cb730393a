/** @file `femto circuit check`: is a circuit what its model says, are two circuits equal? */

import { fail } from "../../base/errors.ts";
import { checkCircuit, compareDesigns, type Design, readAndCheck, type Yosys } from "../../circuits/index.ts";
import { readDesign, subjectArgs, withYosys } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";
import { wholeOf } from "../values.ts";

export const circuitCheck = command({
  name: "circuit check",
  about: [
    "Holds a generated circuit against its model: its modules, the netlist that Yosys makes of its text (by every input there is, or at random), and where they are installed Icarus and Verilator. Of Verilog files it finds undriven and doubly driven signals, combinational loops and latches.",
    "--against asks whether a second design of the same ports is equal: proved by structure and induction; where that does not decide it, by SAT without registers and by z3 with them, which also show inputs for which the two differ.",
  ],
  examples: [
    "femto circuit check popcount --set '{\"inputs\": 31}'",
    'femto circuit check popcount --against popcount --against-set \'{"style": "loop"}\'',
    "femto circuit check mine.v --top mac --against theirs.v",
  ],
  args: {
    ...subjectArgs,
    against: { type: "string", valueHint: "DESIGN", description: "a second design of the same ports" },
    "against-set": { type: "string", valueHint: "JSON", description: "parameters of the second generator" },
    vectors: { type: "string", valueHint: "N", description: "random vectors (16384)" },
    seed: { type: "string", valueHint: "N", description: "seed of the vectors (1)" },
  },
  async run({ args, output }) {
    const subject = readDesign(args);
    const other =
      args.against === undefined ? undefined : readDesign({ design: args.against, set: args["against-set"] });
    const vectors = wholeOf("vectors", args.vectors, { least: 1, most: 10_000_000 });
    const seed = wholeOf("seed", args.seed, { least: 0 });
    const rows = await withYosys(async (yosys) => {
      if (other !== undefined) return compareDesigns(yosys, subject, other);
      if (subject.kind === "verilog") return [await checkText(yosys, subject.design)];
      return checkCircuit(yosys, subject.circuit, { ...(vectors && { vectors }), ...(seed !== undefined && { seed }) });
    });
    output.json({ design: args.design, rows });
    output.print(
      alignColumns(
        rows.map(({ check, verdict, detail }) => [check, verdict, detail]),
        [0, 1, 2],
      ),
    );
    const where = args.design;
    const failed = rows.find(({ verdict }) => verdict === "failed");
    if (failed !== undefined) {
      fail({ code: "circuits.different", where, message: `${failed.check}: failed`, got: failed.detail });
    }
    const open = rows.at(-1)!;
    // Whatever waits for this command must not take an open question for an answer.
    if (open.verdict === "undecided") {
      fail({
        code: "circuits.undecided",
        where,
        message: `${open.check}: neither shown nor refuted`,
        got: open.detail,
      });
    }
  },
});

async function checkText(yosys: Yosys, { top, sources }: Design) {
  const script = readAndCheck(
    sources.map(({ file }) => file),
    top,
  );
  await yosys.run({ step: `check of ${top}`, script, sources, outputs: [] });
  return { check: "text: drivers, loops, latches", verdict: "passed", detail: yosys.engine } as const;
}
