/** @file Jobs: order, dependence, how many at once, and what a failure does to the others. */

import { setTimeout as after } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Job, runJobs } from "./schedule.ts";

/** A job that waits some milliseconds and notes when it began and ended. */
function noting(log: string[], name: string, milliseconds: number, needs?: string): Job<string> {
  return {
    name,
    after: needs,
    run: async (before) => {
      log.push(`+${name}`);
      await after(milliseconds);
      log.push(`-${name}`);
      return `${before ?? ""}${name}`;
    },
  };
}

describe("runJobs", () => {
  it("hands results on, and returns them in the order of the jobs", async () => {
    const log: string[] = [];
    const jobs = [noting(log, "c", 1, "b"), noting(log, "a", 5), noting(log, "b", 1, "a"), noting(log, "d", 1)];
    expect(await runJobs(jobs, 2)).toEqual(["abc", "a", "ab", "d"]);
    expect(log.indexOf("+b")).toBeGreaterThan(log.indexOf("-a"));
    expect(log.indexOf("+c")).toBeGreaterThan(log.indexOf("-b"));
  });

  it.each([1, 2, 3])("runs at most %i at a time, and as many where there are", async (atOnce) => {
    const log: string[] = [];
    await runJobs(
      ["a", "b", "c", "d", "e"].map((name) => noting(log, name, 3)),
      atOnce,
    );
    let running = 0;
    const counts = log.map((entry) => (running += entry.startsWith("+") ? 1 : -1));
    expect(Math.max(...counts)).toBe(atOnce);
  });

  it("a failure starts nothing more, stops what runs, waits for it, and is the error", async () => {
    const log: string[] = [];
    const failing: Job<string> = {
      name: "bad",
      run: async () => {
        await after(2);
        throw new Error("first");
      },
    };
    const long: Job<string> = {
      name: "long",
      run: (_before, stop) =>
        new Promise((_resolve, reject) => {
          stop.addEventListener("abort", () => {
            log.push("long told");
            setTimeout(() => {
              log.push("long ended");
              reject(new Error("second"));
            }, 5);
          });
        }),
    };
    const jobs = [failing, long, noting(log, "next", 1), noting(log, "needs", 1, "bad")];
    await expect(runJobs(jobs, 2)).rejects.toThrow("first");
    expect(log).toEqual(["long told", "long ended"]);
  });

  it.each<[string, Job<string>[]]>([
    ["circles", [noting([], "a", 1, "b"), noting([], "b", 1, "a")]],
    ["jobs that are not there", [noting([], "a", 1, "nobody")]],
    ["equal names", [noting([], "a", 1), noting([], "a", 1)]],
  ])("refuses %s", async (_name, jobs) => {
    await expect(runJobs(jobs, 2)).rejects.toMatchObject({ code: "run.jobs" });
  });
});
