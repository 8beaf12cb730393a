/**
 * @file A measured artefact is not measured again: comparing it with the reference engine takes minutes, and a run that was
 * stopped goes on with rows that had been finished. What was measured lies beside the artefact, under a key of all that
 * the measurement depends on.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../data/index.ts";
import { runtimeVersion } from "../engine/index.ts";
import type { ArtefactJob, ArtefactResult } from "./artefact-job.ts";
import { processor } from "./describe.ts";
import { measureArtefact } from "./measure-artefact.ts";
import { writeJson } from "./output.ts";
import { version } from "./version.ts";

const FILE = "measured.json";

/** @throws FemtoError as `measureArtefact` */
export async function measureOnce(job: ArtefactJob, signal?: AbortSignal): Promise<ArtefactResult> {
  const file = join(dirname(job.artefact), FILE);
  const key = measurementKey(job);
  const known = resultIn(file, key);
  if (known !== undefined) return known;
  const result = await measureArtefact(job, signal);
  writeJson(file, { key, result });
  return result;
}

/** The job with the contents of its files in the place of their names, the programs that measure, and the processor they run on. */
export function measurementKey(job: ArtefactJob, on = processor()): string {
  const ofFile = (path: string | undefined) => (path === undefined ? undefined : sha256(readFileSync(path)));
  const contents = {
    ...job,
    artefact: ofFile(job.artefact),
    inputs: ofFile(job.inputs),
    labels: ofFile(job.labels),
    lookup: ofFile(job.lookup),
    integer: job.integer && { ...job.integer, path: ofFile(job.integer.path) },
    programs: [version(), process.version, runtimeVersion()],
    processor: on,
  };
  return sha256(new TextEncoder().encode(JSON.stringify(contents)));
}

/** What the file says under this key; nothing where it is another's, cut off or not there: it is only a shortcut. */
function resultIn(file: string, key: string): ArtefactResult | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const known = JSON.parse(readFileSync(file, "utf8")) as { key: string; result: ArtefactResult };
    return known.key === key ? known.result : undefined;
  } catch {
    return undefined;
  }
}
