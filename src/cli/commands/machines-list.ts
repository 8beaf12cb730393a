/** @file `femto machines list`: the machines that Femto brings along. */

import { listMachines } from "../../machines/index.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";

export const machinesList = command({
  name: "machines list",
  about: [
    "Lists the machines that Femto brings along: described hardware whose prices, each with unit, source and range, turn counted work into energy. A machine of your own is a YAML file; `femto machines show NAME` prints one to start from.",
  ],
  examples: ["femto machines list"],
  args: {},
  async run({ output }) {
    const machines = listMachines();
    output.json(machines);
    const head = ["name", "nm", "mapping", "prices", "what it is"];
    const rows = machines.map(({ name, title, nodeNm, mapping, prices }) => {
      return [name, `${nodeNm}`, mapping, `${prices}`, title];
    });
    output.print(alignColumns([head, ...rows], [0, 2, 4]));
  },
});
