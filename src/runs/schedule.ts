/** @file Runs jobs that may depend on each other, a given number at a time, in the order given. */

export interface Job<T> {
  readonly name: string;
  /** Name of a job whose result this one needs. */
  readonly after?: string | undefined;
  run(before: T | undefined): Promise<T>;
}

/** Results in the order of the jobs. The first failure stops what has not started and is thrown. */
export async function runJobs<T>(jobs: readonly Job<T>[], atOnce: number): Promise<T[]> {
  const results = new Map<string, T>();
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const start = (job: Job<T>) => {
    const task = job
      .run(job.after === undefined ? undefined : results.get(job.after))
      .then((result) => {
        results.set(job.name, result);
      })
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => running.delete(task));
    running.add(task);
  };
  while (failure === undefined && (waiting.length > 0 || running.size > 0)) {
    while (running.size < atOnce) {
      const next = waiting.findIndex(({ after }) => after === undefined || results.has(after));
      if (next < 0) break;
      start(waiting.splice(next, 1)[0]!);
    }
    if (running.size === 0) throw new Error(`jobs wait for each other: ${waiting.map((job) => job.name).join(", ")}`);
    await Promise.race(running);
  }
  await Promise.allSettled(running);
  if (failure !== undefined) throw failure;
  return jobs.map(({ name }) => results.get(name)!);
}
