/**
 * @file A trained network with fewer outputs, for a smaller circuit: which outputs go is decided on the training images of
 * MNIST, the test images are classified once, at the end.
 *
 *   npm run bench small-circuit golden/dwn-mnist/network.json 46 OUT.json
 */

import { readFileSync, writeFileSync } from "node:fs";
import { loadDataSet } from "../src/data/index.ts";
import {
  BitsEngine,
  fromJson,
  type LutNetwork,
  networkSize,
  toJson,
  withFewerOutputs,
} from "../src/engine/bits/index.ts";

const [path, kept, out] = process.argv.slice(3);
const { train, test } = loadDataSet("mnist");
const given = fromJson(JSON.parse(readFileSync(path!, "utf8")));
const samples = train!.inputs.data as Uint8Array;
const made = withFewerOutputs(given, samples, train!.labels!.data as Int32Array, Number(kept));

async function percent(network: LutNetwork, data: typeof train): Promise<string> {
  const classes = (await BitsEngine.open(network)).classify(data!.inputs.data as Uint8Array);
  const right = classes.filter((guess, i) => guess === Number(data!.labels!.data[i])).length;
  return `${((100 * right) / classes.length).toFixed(2)} %`;
}

console.log(`given: ${networkSize(given)} tables, training images ${await percent(given, train)}`);
console.log(`made: ${networkSize(made)} tables, training images ${await percent(made, train)}`);
console.log(`made: test images ${await percent(made, test)}`);
if (out !== undefined) writeFileSync(out, `${JSON.stringify(toJson(made))}\n`);
