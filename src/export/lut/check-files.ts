/**
 * @file Are the exported files the network? What they answer, read again from disk, beside the slow reference on the same
 * samples: classes, and the ones of every class where the form puts them out.
 */

import { fail } from "../../base/errors.ts";
import type { Samples } from "../../engine/bits/index.ts";
import type { LutNetwork } from "../../engine/bits/network.ts";
import { evaluate } from "../../engine/bits/reference.ts";
import type { LutFiles, LutForm } from "./files.ts";
import { type Progress, silent } from "./progress.ts";
import { runLutFiles } from "./run-files.ts";

export interface FileCheck {
  readonly samples: number;
  /** What ran the files; undefined where something was missing, so that nothing was compared. */
  readonly by: string | undefined;
  readonly missing: string | undefined;
  /** Numbers of ones that were compared; 0 for circuits, which put out their class alone. */
  readonly counts: number;
  /** What every sample gets, by the reference. */
  readonly classes: Uint8Array;
}

/** @throws FemtoError `export.differs` with the first sample that gets another answer */
export async function checkLutFiles(
  form: LutForm,
  made: LutFiles,
  network: LutNetwork,
  folder: string,
  samples: Samples,
  progress: Progress = silent,
): Promise<FileCheck> {
  const { features } = network.input;
  const count = samples.length / features;
  const expected = Array.from({ length: count }, (_, i) =>
    evaluate(network, samples.subarray(i * features, (i + 1) * features)),
  );
  const classes = Uint8Array.from(expected, (one) => one.class);
  const answers = await runLutFiles(form, { ...made, network, folder, progress }, samples);
  if ("missing" in answers) {
    return { samples: count, by: undefined, missing: answers.missing, counts: 0, classes };
  }
  const { by, sums } = answers;
  const countsAt = (i: number) => sums?.subarray(i * network.classes, (i + 1) * network.classes);
  const first = expected.findIndex(
    (one, i) => one.class !== answers.classes[i] || countsAt(i)?.some((sum, k) => sum !== one.sums[k]),
  );
  if (first >= 0) {
    const said = (index: number | undefined, counts: ArrayLike<number> | undefined) =>
      `class ${index}${counts === undefined ? "" : `, ones ${Array.from(counts).join(" ")}`}`;
    fail({
      code: "export.differs",
      where: `${folder} › sample ${first}`,
      message: `the exported files, run by ${by}, do not answer what the network answers`,
      expected: said(classes[first], expected[first]!.sums),
      got: said(answers.classes[first], countsAt(first)),
    });
  }
  return { samples: count, by, missing: undefined, counts: sums?.length ?? 0, classes };
}
