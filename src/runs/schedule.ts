/** @file Runs jobs that may depend on each other, a given number at a time, in the order given. */

import { fail } from "../base/errors.ts";

export interface Job<T> {
  readonly name: string;
  /** Name of a job whose result this one needs. */
  readonly after?: string | undefined;
  /** @param stop is aborted where another job failed: what is still under way need not be finished. */
  run(before: T | undefined, stop: AbortSignal): Promise<T>;
}

/**
 * Results in the order of the jobs. The first failure tells the running jobs to stop, keeps the others from starting, and
 * is thrown once all have come to rest.
 * @throws FemtoError `run.jobs` where jobs have one name, or wait for each other or for a job that is not there
 */
export async function runJobs<T>(jobs: readonly Job<T>[], atOnce: number): Promise<T[]> {
  const name = jobs.find((job, i) => jobs.findIndex((other) => other.name === job.name) !== i)?.name;
  if (name !== undefined) fail({ code: "run.jobs", where: `job "${name}"`, message: "two jobs have this name" });
  const results = new Map<string, T>();
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  const failure = new AbortController();
  const start = (job: Job<T>) => {
    const task = job
      .run(job.after === undefined ? undefined : results.get(job.after), failure.signal)
      .then((result) => {
        results.set(job.name, result);
      })
      // Only the first call has an effect: what the stopped jobs say afterwards is not the reason.
      .catch((error) => failure.abort(error))
      .finally(() => running.delete(task));
    running.add(task);
  };
  while (!failure.signal.aborted && (waiting.length > 0 || running.size > 0)) {
    while (running.size < Math.max(1, atOnce)) {
      const next = waiting.findIndex(({ after }) => after === undefined || results.has(after));
      if (next < 0) break;
      start(waiting.splice(next, 1)[0]!);
    }
    if (running.size === 0) {
      fail({
        code: "run.jobs",
        message: "jobs wait for each other, or for one that is not there",
        got: waiting.map((job) => `"${job.name}" after "${job.after}"`).join(", "),
      });
    }
    await Promise.race(running);
  }
  await Promise.allSettled(running);
  failure.signal.throwIfAborted();
  return jobs.map(({ name }) => results.get(name)!);
}
