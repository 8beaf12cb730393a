/** @file `femto circuit simulate`: a netlist under vectors, gate by gate: what switches. */

import { fail } from "../../base/errors.ts";
import { GateEvaluator, totalToggles, writeSaif, writeVcd } from "../../circuits/gates/index.ts";
import { counterexampleText, firstDifference, singleStream, streamOf, warmupOf } from "../../circuits/index.ts";
import { netlistHash } from "../../circuits/netlist/index.ts";
import { write } from "../../runs/index.ts";
import { rowArgs, rowsFor } from "../circuit-rows.ts";
import { netlistOf, readSubject, subjectArgs } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";
import { choiceOf } from "../values.ts";

export const circuitSimulate = command({
  name: "circuit simulate",
  about: [
    "Evaluates a circuit gate by gate and counts how often every net changes: zero compares settled values, unit gives every gate one time step and counts glitches too. A generated circuit is held against its model on the way.",
    "--vcd writes every change for a wave viewer, --saif the counts per net for power tools. A netlist that Yosys wrote (.json) is taken as it is, everything else is synthesised to gates first.",
  ],
  examples: [
    "femto circuit simulate mac --delay unit --vectors 5000 --saif mac.saif",
    "femto circuit simulate my.netlist.json --stimulus trace.csv --vcd my.vcd",
  ],
  args: {
    ...subjectArgs,
    ...rowArgs,
    delay: { type: "string", valueHint: "MODEL", description: "zero, or unit (default)" },
    vcd: { type: "string", valueHint: "FILE", description: "write every change" },
    saif: { type: "string", valueHint: "FILE", description: "write the counts" },
  },
  async run({ args, output }) {
    const subject = readSubject(args);
    const delay = choiceOf("delay", args.delay, ["zero", "unit"]) ?? "unit";
    const netlist = await netlistOf(subject);
    const { rows, source } = rowsFor(subject, netlist, args);
    if (subject.kind === "circuit") {
      const { circuit } = subject;
      const found = firstDifference(circuit.model(), singleStream(netlist), rows, warmupOf(circuit));
      if (found !== undefined) {
        fail({
          code: "circuits.different",
          where: circuit.name,
          message: "the netlist differs from the model",
          got: counterexampleText(found),
        });
      }
    }
    const stimulus = streamOf(netlist, rows);
    const evaluator = await GateEvaluator.compile(netlist, { delay, countsHigh: args.saif !== undefined });
    const activity = evaluator.run(stimulus);
    if (args.saif !== undefined) write(args.saif, writeSaif(netlist, activity));
    if (args.vcd !== undefined) write(args.vcd, writeVcd(netlist, stimulus, { delay }));
    const { transitions, toggles } = activity;
    const total = totalToggles(activity);
    const busiest = [...toggles.keys()].sort((a, b) => toggles[b]! - toggles[a]!).slice(0, 8);
    output.json({
      netlist: netlist.name,
      netlistHash: netlistHash(netlist),
      stimulus: source,
      delay,
      transitions,
      toggles: total,
      perNet: Object.fromEntries(netlist.netNames.map((name, net) => [name, toggles[net]])),
    });
    const head = [
      [
        "netlist",
        `${netlist.name} (${netlistHash(netlist)}), ${netlist.gates.length} gates, ${netlist.flipFlops.length} flip-flops`,
      ],
      ["stimulus", source],
      ["delay model", delay],
      ["toggles", `${total} in ${transitions} transitions, ${(total / transitions).toFixed(2)} each`],
      ...(subject.kind === "circuit" ? [["model", "equal on every vector"]] : []),
    ];
    const nets = busiest.map((net) => [`  ${netlist.netNames[net]}`, (toggles[net]! / transitions).toFixed(3)]);
    output.print(`${alignColumns(head, [0, 1])}\nbusiest nets, toggles per transition\n${alignColumns(nets)}`);
  },
});
