/** @file `femto explain`: the chain behind a figure, from the count to the citation. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../base/errors.ts";
import { type EnergyReport, energyReportSchema, explainPath } from "../../reports/index.ts";
import { command } from "../command.ts";

export const explain = command({
  name: "explain",
  about: [
    "Prints where a figure of an energy report comes from: what was counted and by which rule, which component did it, how the price was scaled to the bit-widths and the technology, and the source of the price.",
    "PATH names a figure: total, a cause (weights), a layer (conv1), or a layer's cause (conv1/weights). In a report that compares, 1/ or 2/ in front says which side.",
  ],
  examples: ["femto explain runs/energy total", "femto explain runs/energy conv1/weights"],
  args: {
    report: { type: "positional", required: true, description: "a folder or report.json of femto energy --out" },
    path: { type: "positional", required: false, description: "the figure (total)" },
  },
  async run({ args, output }) {
    const report = readEnergyReport(args.report);
    const lines = explainPath(report, args.path ?? "total");
    output.json({ path: args.path ?? "total", lines });
    output.print(lines.join("\n"));
  },
});

/** @throws FemtoError `report.format` */
function readEnergyReport(word: string): EnergyReport {
  const path = existsSync(word) && statSync(word).isDirectory() ? join(word, "report.json") : word;
  const text = readFileSync(path, "utf8");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    return refuse(path, (cause as Error).message);
  }
  const parsed = energyReportSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const { schema } = data as { schema?: unknown };
  return refuse(
    path,
    schema === "femto.energy/1"
      ? `${parsed.error.issues[0]!.path.join(".")}: ${parsed.error.issues[0]!.message}`
      : `schema ${JSON.stringify(schema)}`,
  );
}

const refuse = (where: string, got: string): never =>
  fail({
    code: "report.format",
    where,
    message: "is no energy report",
    expected: "report.json of femto energy --out (schema femto.energy/1)",
    got,
  });
