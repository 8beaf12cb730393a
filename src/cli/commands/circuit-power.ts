/** @file `femto circuit power`: modelled energy of a circuit under vectors, with everything that qualifies it. */

import { type PublishedEnergy, powerLines, powerReport, publishedEnergies } from "../../circuits/gates/index.ts";
import { streamOf } from "../../circuits/index.ts";
import { netlistHash } from "../../circuits/netlist/index.ts";
import { rowArgs, rowsFor } from "../circuit-rows.ts";
import { netlistOf, readSubject, subjectArgs } from "../circuit-subject.ts";
import { command } from "../command.ts";
import { choiceOf, wholeOf } from "../values.ts";

const published = Object.keys(publishedEnergies) as PublishedEnergy[];

export const circuitPower = command({
  name: "circuit power",
  about: [
    "Estimates the energy of a circuit from what switches in it: toggles times one constant. With --published the constant is fitted so that the netlist takes that published energy on random operands; without it, it is 1.5 fJ per toggle at 45 nm, for counts without glitches. No foundry library stands behind either, and the output says so.",
    "Energy depends on the data: give recorded vectors with --stimulus where a figure shall mean something for an application.",
  ],
  examples: [
    "femto circuit power mac --published 'mac8 45nm' --hold w_i=3",
    "femto circuit power mac --published 'mac8 45nm' --stimulus layer1.csv",
  ],
  args: {
    ...subjectArgs,
    ...rowArgs,
    published: { type: "string", valueHint: "NAME", description: `the operation it does: ${published.join(", ")}` },
    node: { type: "string", valueHint: "NM", description: "without --published: 45, 28, 16 or 7 (45)" },
  },
  async run({ args, output }) {
    const subject = readSubject(args);
    const name = choiceOf("published", args.published, published);
    const nodeNm = wholeOf("node", args.node, { least: 1 });
    const netlist = await netlistOf(subject);
    const { rows, source } = rowsFor(subject, netlist, args);
    const report = await powerReport(netlist, streamOf(netlist, rows), {
      ...(name !== undefined && { published: name }),
      ...(nodeNm !== undefined && { nodeNm }),
    });
    output.json({ netlist: netlist.name, netlistHash: netlistHash(netlist), stimulus: source, ...report });
    output.print([`${netlist.name}: ${netlist.gates.length} gates, ${source}`, ...powerLines(report)].join("\n"));
  },
});
