/**
 * @file What stands in docs/results: the rows of all seeds of one experiment, out of the reports that `femto reproduce` left.
 * `node scripts/collect-results.mjs RUNS/hours mnist-lenet5 eqat > docs/results/eqat-mnist-lenet5.json`
 */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const [folder = "", experiment = "", method = ""] = process.argv.slice(2);
/** @type {import("../src/reports/index.ts").Report[]} */
const seeds = readdirSync(folder)
  .filter((name) => name.startsWith(`${experiment}-seed`))
  .sort()
  .flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(folder, name, "report.json"), "utf8"))];
    } catch {
      process.stderr.write(`${name} has no report\n`);
      return [];
    }
  });
const [first] = seeds;
if (first === undefined) throw new Error(`${folder} has no report of ${experiment}`);
const { data, machine } = first;
const result = {
  experiment,
  size: basename(folder),
  command: `femto reproduce ${method} --size ${basename(folder)} --only ${experiment}`,
  data: `${data.name}, ${data.train} train, ${data.test} test`,
  machine: machine.name,
  seeds: seeds.map(
    ({ seed, environment: { femto, node, onnxruntime, threads, lowerings }, rows, weightSelection }) => ({
      seed,
      environment: { femto, node, onnxruntime, threads, lowerings },
      rows: rows.map((row) => ({
        name: row.name,
        accuracy: row.accuracy.value,
        relativeEnergy: Number(row.energy.relative.toFixed(6)),
        bytes: row.bytes,
        bits: row.layers.map(({ bits }) => `${bits?.weight}/${bits?.input}`).join(" "),
        verdicts: row.equivalence.map(({ verdict }) => verdict),
        stepSeconds: Math.round(row.stepSeconds),
      })),
      ...(weightSelection && { selection: weightSelection.rows.map(selectionOf) }),
    }),
  ),
};
/** @param {NonNullable<import("../src/reports/index.ts").Report["weightSelection"]>["rows"][number]} row */
function selectionOf({ name, detail, basis, accuracy, saving, savingByOldTables, ceiling, zeros, layers }) {
  const share = (/** @type {number} */ value) => Number(value.toFixed(4));
  return {
    name,
    detail,
    basis,
    accuracy: accuracy.value,
    saving: share(saving),
    savingByOldTables: share(savingByOldTables ?? 0),
    ceiling: share(ceiling),
    zeros: { before: share(zeros.before), after: share(zeros.after) },
    sets: layers.map(
      ({ name: layer, set }) => `${layer}: ${set === null ? "all" : set.length > 16 ? set.length : set.join(" ")}`,
    ),
  };
}

process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
