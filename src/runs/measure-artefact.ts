/** @file Starts the fresh process that measures an artefact, and reads its answer. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type ErrorFields, FemtoError } from "../base/errors.ts";
import type { ArtefactJob, ArtefactResult } from "./artefact-job.ts";

/** @throws FemtoError what the process met, or `run.process` where it died */
export function measureArtefact(job: ArtefactJob, signal?: AbortSignal): Promise<ArtefactResult> {
  // Run from source (tests), the built file is used: a fresh process needs JavaScript.
  const isSource = import.meta.url.endsWith(".ts");
  const entry = new URL(isSource ? "../../dist/runs/artefact-process.js" : "./artefact-process.js", import.meta.url);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(entry)], {
      stdio: ["pipe", "pipe", "pipe"],
      ...(signal && { signal }),
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", (cause) => reject(signal?.aborted ? signal.reason : died(job, cause.message, err)));
    // A child that dies early leaves a broken pipe; how it ended says more.
    child.stdin.on("error", () => {});
    child.on("close", (code, ended) => {
      try {
        if (code !== 0) throw died(job, ended === null ? `code ${code}` : `signal ${ended}`, err);
        const answer = JSON.parse(out) as { ok: true; result: ArtefactResult } | { ok: false; error: ErrorFields };
        if (answer.ok) resolve(answer.result);
        else reject(new FemtoError(answer.error));
      } catch (error) {
        reject(error);
      }
    });
    child.stdin.end(JSON.stringify(job));
  });
}

function died(job: ArtefactJob, end: string, output: string): FemtoError {
  const got = output.trim().split("\n").slice(-3).join(" | ");
  return new FemtoError({
    code: "run.process",
    where: job.artefact,
    message: `the process that measures the artefact did not answer: ${end}`,
    ...(got !== "" && { got }),
  });
}
