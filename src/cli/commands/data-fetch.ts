/** @file `femto data fetch`: downloads a data set. */

import { formatBytes } from "../../base/units.ts";
import { fetchDataSet, findSet } from "../../data/index.ts";
import { command } from "../command.ts";
import { requireKnownSet } from "../dataset.ts";
import { FetchLine } from "../fetch-line.ts";
import { interruptible } from "../interrupt.ts";

export const dataFetch = command({
  name: "data fetch",
  about: [
    "Downloads the files of a data set, verifies their checksums, and puts them where Femto finds them: into --data-dir, or into the cache folder of this user. A download that breaks off goes on where it stopped; a file with a wrong checksum is not kept; files that are here already are not fetched again.",
  ],
  examples: ["femto data fetch fashion-mnist"],
  args: {
    name: { type: "positional", required: true, description: "a name of `femto data list`" },
    "data-dir": { type: "string", valueHint: "FOLDER", description: "where to put the files" },
  },
  async run({ args, output }) {
    const name = args.name as string;
    requireKnownSet(name);
    const line = new FetchLine(output);
    const directory = args["data-dir"] as string | undefined;
    const howToGoOn = "Stopped. What has arrived is kept; the same command goes on from it.";
    const place = await interruptible({ onStop: () => line.finish(), howToGoOn }, (signal) =>
      fetchDataSet(name, {
        signal,
        onProgress: (progress) => line.progress(progress),
        ...(directory !== undefined && { directory }),
      }),
    );
    line.finish();
    const { files } = findSet(name);
    output.json({ name, directory: place, files: files.map(({ path }) => path) });
    const fetched = line.received === 0 ? "it was there already" : `${formatBytes(line.received)} fetched`;
    output.print(`${name} is in ${place} (${files.length} files; ${fetched}).`);
  },
});
