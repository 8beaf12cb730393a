/** @file `femto machines check`: is a machine file sound, and what should its reader know. */

import { type Machine, pricesOf, warningsOf } from "../../machines/index.ts";
import { command } from "../command.ts";
import { readMachineNamed } from "../machine-file.ts";

export const machinesCheck = command({
  name: "machines check",
  about: [
    "Reads a machine file and says whether it is sound: every price with its unit and source, every name it points at, every number within reason. A mistake is one message with its line. Then what is allowed but should be known: prices of zero, memories that cannot be written, components without prices.",
  ],
  examples: ["femto machines check ./my.yaml", "femto machines check lpddr4-edge --json"],
  args: {
    name: { type: "positional", required: true, description: "a .yaml file, or a name of `femto machines list`" },
  },
  async run({ args, output }) {
    const machine = readMachineNamed(args.name as string);
    const remarks = [...warningsOf(machine), ...gaps(machine)];
    const { name, title, components, mapping } = machine;
    const prices = pricesOf(machine).length;
    output.json({ name, title, mapping: mapping.kind, components: components.length, prices, remarks });
    output.print(`${name}: ${title}\n${components.length} components, ${prices} prices, mapping ${mapping.kind}`);
    for (const remark of remarks) output.print(`- ${remark}`);
    if (remarks.length === 0) output.print("nothing to remark upon");
  },
});

function gaps({ components, origin }: Machine): string[] {
  return components.flatMap(({ name, line, prices, class: kind }) => {
    if (prices.length === 0) return [`${origin}:${line}: ${name} has no prices; asking for one is an error`];
    const isRead = ["registers", "sram", "dram"].includes(kind) && prices.some(({ verb }) => verb === "read");
    const isWritten = prices.some(({ verb }) => verb === "write");
    return isRead && !isWritten
      ? [`${origin}:${line}: ${name} has no price for write; what is written is unmodelled`]
      : [];
  });
}
