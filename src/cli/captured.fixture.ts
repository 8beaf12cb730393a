/** @file Streams for tests that keep what a command writes. */

import { PassThrough } from "node:stream";
import { runProgram } from "./program.ts";

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream and what it has received. */
export function kept(terminal?: { columns: number }) {
  const stream = Object.assign(new PassThrough(), terminal && { isTTY: true as const, ...terminal });
  let text = "";
  stream.on("data", (chunk) => {
    text += String(chunk);
  });
  return { stream, text: () => text };
}

/** Runs a command in this process. */
export async function runCaptured(...words: string[]): Promise<Captured> {
  const [stdout, stderr] = [kept(), kept()];
  const code = await runProgram(words, { stdout: stdout.stream, stderr: stderr.stream, env: {} });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
