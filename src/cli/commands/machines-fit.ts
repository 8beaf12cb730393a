/** @file `femto machines fit`: prices of a machine from measured energies. */

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../../base/errors.ts";
import { type Fit, fitMachine, SHORTEST_CITATION } from "../../machines/index.ts";
import { command } from "../command.ts";
import { readMachineNamed } from "../machine-file.ts";
import { alignColumns } from "../output.ts";
import { choiceOf, wordsOf } from "../values.ts";

export const machinesFit = command({
  name: "machines fit",
  about: [
    "Fits the prices of a machine to measurements: a CSV with a row for each layer, its energy in microjoules (uj), and a column of counts for each price to be found: an id of a price (sram.read, in bits), or macs, bytes_read, bytes_written, or cycles for power by the second. Prices that are not negative and come nearest are found by least squares; each gets two standard errors as its range.",
    "With a power trace (time_us, power_mw, layer) the energies are integrated from it. What the layers cannot tell apart is an error that names the columns.",
  ],
  examples: [
    "femto machines fit chip.yaml measured.csv --citation 'board B, 25 °C, March' --out fitted.yaml",
    "femto machines fit chip.yaml counts.csv --trace power.csv --hold dram.read",
  ],
  args: {
    machine: { type: "positional", required: true, description: "a .yaml file, or a name of `femto machines list`" },
    csv: { type: "positional", required: true, description: "the measurements, or with --trace the counts" },
    trace: { type: "string", valueHint: "FILE", description: "a power trace marked with layers" },
    hold: { type: "string", valueHint: "IDS", description: "prices taken as they stand, with commas between" },
    errors: { type: "string", valueHint: "KIND", description: "absolute or relative: which errors are squared" },
    citation: { type: "string", valueHint: "TEXT", description: "where the measurements come from" },
    out: { type: "string", valueHint: "FILE", description: "where to write the machine; standard output without it" },
  },
  async run({ args, output }) {
    const csv = args.csv as string;
    const errors = choiceOf("errors", args.errors as string | undefined, ["absolute", "relative"]);
    const hold = wordsOf(args.hold as string | undefined);
    const citation = (args.citation as string | undefined) ?? `fitted to the measurements in ${basename(csv)}`;
    if (citation.length < SHORTEST_CITATION) {
      fail({
        code: "option.citation",
        where: "--citation",
        message: "is too short to be followed",
        expected: `at least ${SHORTEST_CITATION} characters: who measured what, where, when`,
        got: citation,
      });
    }
    const fit = fitMachine({
      machine: readMachineNamed(args.machine as string),
      csv: readFileSync(csv, "utf8"),
      origin: csv,
      citation,
      ...(args.trace !== undefined && { trace: readFileSync(args.trace as string, "utf8") }),
      ...(hold && { hold }),
      ...(errors && { errors }),
    });
    output.json(fit);
    for (const line of textOf(fit)) output.note(line);
    if (args.out === undefined) output.print(fit.text);
    else {
      writeFileSync(args.out as string, fit.text);
      output.print(`wrote ${args.out as string}`);
    }
  },
});

function textOf({ prices, residuals, relativeError, explained, warnings }: Fit): string[] {
  const figure = (value: number | undefined) => (value === undefined ? "" : value.toPrecision(4));
  const found = prices.map(({ id, value, standardError, before, unit }) => {
    return [id, figure(value), figure(standardError), figure(before), unit];
  });
  const layers = residuals.map(({ layer, measured, fitted, relative }) => {
    return [layer, figure(measured), figure(fitted), `${(relative * 100).toFixed(1)} %`];
  });
  return [
    alignColumns([["price", "fitted", "± s.e.", "before", "unit"], ...found], [0, 4]),
    "",
    alignColumns([["layer", "measured µJ", "fitted µJ", "off by"], ...layers]),
    "",
    `errors of ${(relativeError * 100).toFixed(1)} % (root mean square); ${(explained * 100).toFixed(1)} % of the variance explained`,
    ...warnings.map((warning) => `! ${warning}`),
  ];
}
