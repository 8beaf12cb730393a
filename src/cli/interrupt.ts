/** @file Ctrl-C: the first asks for a clean end (the current block is finished, the checkpoint kept), the second ends at once. */

import { exitCodes, Stopped } from "./failure.ts";

export interface InterruptOptions {
  /** Told at the first signal. */
  onStop(): void;
  /** Printed at the end: how to go on. */
  readonly howToGoOn: string;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** Runs `body` with a signal that Ctrl-C aborts. @throws Stopped */
export async function interruptible<T>(
  { onStop, howToGoOn }: InterruptOptions,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.stopped);
    controller.abort();
    onStop();
  };
  for (const name of signals) process.on(name, stop);
  try {
    return await body(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) throw new Stopped(howToGoOn);
    throw error;
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
