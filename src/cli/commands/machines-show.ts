/** @file `femto machines show`: a machine's file, or what Femto understands of it. */

import { pricesOf } from "../../machines/index.ts";
import { command } from "../command.ts";
import { readMachineNamed } from "../machine-file.ts";

export const machinesShow = command({
  name: "machines show",
  about: [
    "Prints the YAML text of a machine that Femto brings along, to read its prices and sources, or to save and change it. A file of your own is read and checked first, so this also tells whether it is sound. With --json the prices as Femto understands them.",
  ],
  examples: ["femto machines show horowitz-45nm-sram8k > my.yaml", "femto machines show ./my.yaml"],
  args: {
    name: { type: "positional", required: true, description: "a name of `femto machines list`, or a .yaml file" },
  },
  async run({ args, output }) {
    const machine = readMachineNamed(args.name as string);
    const { name, title, unit, technology, origin } = machine;
    output.json({ name, title, unit, technology, origin, prices: pricesOf(machine) });
    output.print(machine.text);
  },
});
