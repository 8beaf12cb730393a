/** @file `femto start`: the main job, what `npm start` runs. */

import { resolve } from "node:path";
import { run, startSpec } from "../../runs/index.ts";
import { command } from "../command.ts";
import { printResult, shown } from "../result.ts";
import { runWithProgress } from "../run-with-progress.ts";
import { wholeOf } from "../values.ts";

export const start = command({
  name: "start",
  about: [
    "Trains LeNet-5 on ten thousand handwritten digits: in float, at 8, 6, 5 and 4 bits everywhere, and with bit-widths that are learned against the energy prices of 45 nm logic with an 8 KB memory (EQAT). Takes at most four minutes on two cores and needs no download.",
    "Ends with a table and the paths of the report and of the exported network. Ctrl-C keeps a checkpoint; the same command goes on from it.",
  ],
  examples: ["femto start --out runs/first"],
  args: {
    out: { type: "string", valueHint: "FOLDER", description: "where everything goes (runs/start)" },
    seed: { type: "string", valueHint: "N", description: "seed of everything random (1)" },
  },
  async run({ args, output }) {
    const folder = resolve(args.out ?? "runs/start");
    const spec = await startSpec(folder, wholeOf("seed", args.seed, { least: 0 }));
    const howToGoOn = `Stopped. The checkpoint is in ${shown(folder)}; the same command goes on from it.`;
    const result = await runWithProgress({ output, howToGoOn }, (hooks) => run(spec, hooks));
    printResult(result, folder, output);
  },
});
