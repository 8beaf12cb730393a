/**
 * @file Timing on a shared machine: tasks take turns. What is counted is the processor time of the process, so that other
 * programs on the same cores enter little; for one thread it is what a clock shows on an idle machine. Tasks are compared
 * by the median of the ratios within rounds: a slow minute slows both.
 */

export type Task = () => Promise<unknown>;

/** Milliseconds of processor time of one run of the task. */
export async function processorTime(task: Task): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds of each task in `rounds` rounds, after one that does not count; every round runs each task once. */
export async function takeTurns<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const time = await processorTime(tasks[name]);
      if (round > 0) times[name].push(time);
    }
  }
  return times;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median of `above[i] / below[i]`. */
export const medianRatio = (above: readonly number[], below: readonly number[]): number =>
  median(above.map((time, round) => time / below[round]!));
