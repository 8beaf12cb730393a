/** @file Ctrl-C: the first asks for a clean end (the current block is finished, the checkpoint kept), the second ends at once. */

import { Stopped } from "./failure.ts";

export interface InterruptOptions {
  /** Told at the first signal. */
  onStop(): void;
  /** Printed at the end: how to go on. */
  readonly howToGoOn: string;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** By the signal itself: `process.exit` would break off engine threads inside their native code, which aborts with a core. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Runs `body` with a signal that Ctrl-C aborts. @throws Stopped */
export async function interruptible<T>(
  { onStop, howToGoOn }: InterruptOptions,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) return endAtOnce(name);
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
