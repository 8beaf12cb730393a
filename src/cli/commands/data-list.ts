/** @file `femto data list`: the catalogue, and what of it is on this machine. */

import { catalogue, type DataSetEntry, directoryOf } from "../../data/index.ts";
import { command } from "../command.ts";
import { alignColumns } from "../output.ts";

export const dataList = command({
  name: "data list",
  about: [
    "Lists the data sets that Femto knows by name: their task, the shape of one example, the numbers of training and test examples, whether they are what was published, and whether they are here. Data sets that are not here can be fetched where a public place serves them.",
  ],
  examples: ["femto data list", "femto data list --data-dir ~/data --json"],
  args: {
    "data-dir": { type: "string", valueHint: "FOLDER", description: "a folder to look in first" },
  },
  async run({ args, output }) {
    const sets = [...catalogue.values()].map((entry) => describe(entry, args["data-dir"] as string | undefined));
    output.json(sets);
    const head = ["name", "task", "one example", "classes", "train", "test", "here", "what it is"];
    const rows = sets.map(({ name, task, example, classes, train, test, state, exactness }) => [
      name,
      task,
      example,
      `${classes}`,
      `${train}`,
      `${test}`,
      state,
      exactness,
    ]);
    output.print(alignColumns([head, ...rows], [0, 1, 2, 6, 7]));
  },
});

function describe(entry: DataSetEntry, dataDir: string | undefined) {
  const { id, title, task, dtype, shape, classes, counts, exactness, homepage, licence, files, npm } = entry;
  const directory = directoryOf(entry, dataDir);
  const canFetch = npm === undefined && files.every(({ urls }) => urls !== undefined);
  return {
    name: id,
    title,
    task,
    example: `${dtype} ${shape.join("×")}`,
    classes,
    train: counts.train ?? 0,
    test: counts.test ?? 0,
    state: directory !== undefined ? "yes" : canFetch ? "can be fetched" : "no",
    directory: directory ?? null,
    exactness,
    homepage,
    licence,
    files: files.map(({ path, sha256 }) => ({ path, sha256 })),
  };
}
