/** @file Runs something that trains, with a board for every run it begins and a clean end on Ctrl-C. */

import type { RunHooks } from "../runs/index.ts";
import { Board } from "./board.ts";
import { interruptible } from "./interrupt.ts";
import type { Output } from "./output.ts";

export interface RunWithProgressOptions {
  readonly output: Output;
  /** Printed when told to stop: how to go on. */
  readonly howToGoOn: string;
}

export async function runWithProgress<T>(
  { output, howToGoOn }: RunWithProgressOptions,
  body: (hooks: RunHooks) => Promise<T>,
): Promise<T> {
  let board: Board | undefined;
  const onStop = () => {
    const text = "Stopping after the current block of steps; press Ctrl-C again to end at once, without saving.";
    if (board === undefined) output.note(text);
    else board.note(text);
  };
  try {
    return await interruptible({ onStop, howToGoOn }, (signal) =>
      body({
        signal,
        onRun: ({ name, data, machine, rows }) => {
          board?.finish();
          const title = `${name} on ${data.train.name}, ${machine.name}`;
          board = new Board(output, { title, rows: rows.map((row) => row.name) });
        },
        onProgress: (row, progress) => board?.progress(row, progress),
        onRecord: (row, record) => board?.record(row, record),
        onStage: (row, stage) => board?.stage(row, stage),
      }),
    );
  } finally {
    board?.finish();
  }
}
