/** @file `femto circuit power`: modelled energy of a circuit under vectors, with everything that qualifies it. */

import { fail } from "../../base/errors.ts";
import {
  energyLines,
  energyOfActivity,
  type PublishedEnergy,
  powerLines,
  powerReport,
  publishedEnergies,
  tooFew,
} from "../../circuits/gates/index.ts";
import { streamOf } from "../../circuits/index.ts";
import { netlistHash } from "../../circuits/netlist/index.ts";
import { activityArgs, activityFrom } from "../circuit-activity.ts";
import { rowArgs, rowsFor } from "../circuit-rows.ts";
import { netlistOf, readSubject, subjectArgs } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { choiceOf, wholeOf } from "../values.ts";

const published = Object.keys(publishedEnergies) as PublishedEnergy[];

export const circuitPower = command({
  name: "circuit power",
  about: [
    "Estimates the energy of a circuit from what switches in it: toggles times one constant. With --published the constant is fitted so that the netlist takes that published energy on random operands; without it, it is 1.5 fJ per toggle at 45 nm, for counts without glitches. No foundry library stands behind either, and the output says so.",
    "Energy depends on the data: give recorded vectors with --stimulus where a figure shall mean something for an application, or with --activity what another simulator saw switching in this netlist: nine in ten of its nets must be in the file.",
  ],
  examples: [
    "femto circuit power mac --published 'mac8 45nm' --hold w_i=3",
    "femto circuit power mac --published 'mac8 45nm' --stimulus layer1.csv",
    "femto circuit power mac.json --published 'mac8 45nm' --activity run.vcd --transitions 5000",
  ],
  args: {
    ...subjectArgs,
    ...rowArgs,
    ...activityArgs,
    published: { type: "string", valueHint: "NAME", description: `the operation it does: ${published.join(", ")}` },
    node: { type: "string", valueHint: "NM", description: "without --published: 45, 28, 16 or 7 (45)" },
  },
  async run({ args, output }) {
    const subject = readSubject(args);
    const name = choiceOf("published", args.published, published);
    const nodeNm = wholeOf("node", args.node, { least: 1 });
    const netlist = await netlistOf(subject);
    const options = { ...(name !== undefined && { published: name }), ...(nodeNm !== undefined && { nodeNm }) };
    const own = ["vectors", "seed", "stimulus", "hold"] as const;
    const foreign = ["transitions", "instance", "delay"] as const;
    const stray = (args.activity === undefined ? foreign : own).find((one) => args[one] !== undefined);
    if (stray !== undefined) {
      const message =
        args.activity === undefined
          ? "speaks of --activity, which is not given"
          : "does not go with --activity, which has counts instead of vectors";
      fail({ code: "option.conflict", where: `--${stray}`, message });
    }
    if (args.activity !== undefined) {
      const delay = choiceOf("delay", args.delay, ["zero", "unit"]) ?? "unit";
      const transitions = wholeOf("transitions", args.transitions, { least: 1 });
      const seen = activityFrom(args.activity, netlist, { delay, transitions, instance: args.instance });
      const { coverage, missing, activity } = seen;
      const energy = await energyOfActivity(netlist, activity, options, coverage);
      output.json({
        netlist: netlist.name,
        netlistHash: netlistHash(netlist),
        stimulus: args.activity,
        transitions: activity.transitions,
        coverage,
        missing,
        [delay]: energy,
      });
      const lines = [...energyLines(energy), ...tooFew(activity.transitions).map((text) => `warning: ${text}`)];
      output.print(
        [
          `${netlist.name}: ${netlist.gates.length} gates, ${activity.transitions} transitions of ${args.activity}`,
          ...lines,
        ].join("\n"),
      );
      return;
    }
    const { rows, source } = rowsFor(subject, netlist, args);
    const report = await powerReport(netlist, streamOf(netlist, rows), options);
    output.json({ netlist: netlist.name, netlistHash: netlistHash(netlist), stimulus: source, ...report });
    output.print([`${netlist.name}: ${netlist.gates.length} gates, ${source}`, ...powerLines(report)].join("\n"));
  },
});
