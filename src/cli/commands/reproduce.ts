/** @file `femto reproduce`: a paper's experiments. */

import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { confirm, isCancel } from "@clack/prompts";
import { makeFolder } from "../../data/index.ts";
import { estimateHours, examplesOf, experimentsOf, findRecipe, reproduce as runRecipe } from "../../runs/index.ts";
import { command } from "../command.ts";
import { Stopped } from "../failure.ts";
import type { Output } from "../output.ts";
import { comparisonText, publishedText } from "../published.ts";
import { shown } from "../result.ts";
import { runWithProgress } from "../run-with-progress.ts";
import { choiceOf, wholeOf, wordsOf } from "../values.ts";

/** Longer than this, a person at a terminal is asked first. */
const askAboveHours = 0.5;

export const reproduce = command({
  name: "reproduce",
  about: [
    "Runs the experiments of a method's paper and prints the paper's table beside ours, with the curve of uniform bit-widths that the paper lacks and the list of what does not fit together in the paper.",
    "Prints first how many hours it will take. Every experiment and seed is a run in a folder of its own: a finished one is not run again, a stopped one goes on from its checkpoint. --background leaves it running with a log file.",
    "Sizes: minutes shows the trend on a tenth of the data, hours gives the stated figures, full takes more seeds and epochs.",
  ],
  examples: ["femto reproduce eqat", "femto reproduce eqat --size hours --only mnist-cnn5,cifar10-cnn5 --background"],
  args: {
    method: { type: "positional", required: true, description: "the method: eqat, dwn, lws or quweit" },
    size: { type: "string", valueHint: "SIZE", description: "minutes (the default), hours or full" },
    only: { type: "string", valueHint: "NAMES", description: "experiments to run, with commas between" },
    out: { type: "string", valueHint: "FOLDER", description: "where the runs go (runs/reproduce-METHOD)" },
    jobs: {
      type: "string",
      valueHint: "N",
      description: "rows that train at the same time (as many as there are processors, at most 4)",
    },
    "data-dir": { type: "string", valueHint: "FOLDER", description: "a folder to look for data sets in first" },
    background: { type: "boolean", description: "leave it running and return at once" },
    yes: { type: "boolean", description: "do not ask before a long run" },
  },
  async run({ args, output }) {
    const { method } = args;
    const size = choiceOf("size", args.size, ["minutes", "hours", "full"]) ?? "minutes";
    const jobs = wholeOf("jobs", args.jobs, { least: 1 }) ?? Math.min(4, availableParallelism());
    const only = wordsOf(args.only);
    const folder = resolve(args.out ?? join("runs", `reproduce-${method}`));
    const { published } = findRecipe(method);
    const hours = experimentsOf(method, only, args["data-dir"]).map((experiment) => {
      const examples = examplesOf(experiment);
      const used = size === "minutes" ? Math.min(6000, examples) : examples;
      return { id: experiment.id, title: experiment.title, hours: estimateHours(method, experiment, size, used, jobs) };
    });
    const total = hours.reduce((sum, entry) => sum + entry.hours, 0);
    for (const { id, title, hours: own } of hours) output.note(`${hoursText(own).padStart(8)}  ${id}: ${title}`);
    output.note(`${hoursText(total).padStart(8)}  in all on ${jobs} processors, estimated from the work of a step`);
    if (args.background) return leaveRunning(folder, output);
    if (total > askAboveHours && output.isLive && !args.yes) await ask(total);
    const howToGoOn = `Stopped. The checkpoints are in ${shown(folder)}; the same command goes on from them.`;
    const options = {
      size,
      folder,
      jobs,
      ...(only && { only }),
      ...(args["data-dir"] !== undefined && { dataDir: args["data-dir"] }),
    };
    const { results } = await runWithProgress({ output, howToGoOn }, (hooks) => runRecipe(method, options, hooks));
    output.json({ method, size, folder, published, results });
    output.print(`\n${publishedText(published)}\n\n${comparisonText(results)}\n`);
    output.print(`runs  ${shown(folder)}`);
  },
});

const hoursText = (hours: number): string =>
  hours < 1 ? `${Math.max(1, Math.round(60 * hours))} min` : `${hours.toFixed(1)} h`;

async function ask(hours: number): Promise<void> {
  const answer = await confirm({ message: `Run for about ${hoursText(hours)}?`, output: process.stderr });
  if (isCancel(answer) || !answer) throw new Stopped("Nothing was run.");
}

/** The same command without --background, on its own, its output in a log file. */
function leaveRunning(folder: string, output: Output): void {
  makeFolder(folder);
  const log = join(folder, "log.txt");
  const file = openSync(log, "a");
  const words = process.argv.slice(1).filter((word) => word !== "--background");
  const child = spawn(process.execPath, words, { detached: true, stdio: ["ignore", file, file] });
  child.unref();
  output.json({ process: child.pid, log, folder });
  output.print(`Running as process ${child.pid}; its progress is in ${shown(log)}. To stop it: kill -INT ${child.pid}`);
}
