/** @file A file of a finished run: by the folder, the row and the name of the artefact, its checksum held against the report. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../base/errors.ts";
import { mainRow, type Report, type ReportRow, reportSchema } from "../reports/index.ts";
import { didYouMean } from "./suggest.ts";

/** The path of a file that a run wrote, after holding it against the report. @param name of the row */
export function fileOfRun(folder: string, name: string | undefined, artefact: string): string {
  const row = rowOf(readReport(folder), name, folder);
  const file = row.artefacts[artefact];
  if (file === undefined) {
    fail({
      code: "export.form",
      where: `${folder} › ${row.name}`,
      message: `this row has no file ${artefact}`,
      got: Object.keys(row.artefacts).join(", "),
    });
  }
  const path = join(folder, file.path);
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (sha256 !== file.sha256) {
    fail({
      code: "export.checksum",
      where: path,
      message: "the file is not the one that the run measured",
      expected: `sha256 ${file.sha256}`,
      got: `sha256 ${sha256}`,
    });
  }
  return path;
}

function readReport(folder: string): Report {
  const path = join(folder, "report.json");
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail({ code: "report.json", where: path, message: "the report is not JSON", got: error.message });
  }
  const parsed = reportSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return fail({
    code: "report.schema",
    where: `${path} › ${issue!.path.join(".")}`,
    message: issue!.message,
    hint: "the report is of another version, or not Femto's",
  });
}

function rowOf(report: Report, name: string | undefined, folder: string): ReportRow {
  const names = report.rows.map((row) => row.name);
  const found = name === undefined ? mainRow(report) : report.rows.find((row) => row.name === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name ?? "", names);
  return fail({
    code: "export.row",
    where: folder,
    message: `the report has no row "${name}"`,
    expected: names.join(", "),
    ...(hint && { hint }),
  });
}
