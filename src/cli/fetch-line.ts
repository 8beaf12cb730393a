/** @file Progress of a download: one line redrawn in place on a terminal, a line a tenth elsewhere. */

import { formatBytes } from "../base/units.ts";
import type { Output } from "./output.ts";

interface Progress {
  readonly file: string;
  readonly received: number;
  readonly total: number | undefined;
}

const redrawEvery = 100;

export class FetchLine {
  readonly #output: Output;
  readonly #byFile = new Map<string, number>();
  #lastDraw = Number.NEGATIVE_INFINITY;
  #tenth = -1;
  #file = "";
  #isOpen = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Bytes of all files. */
  get received(): number {
    return [...this.#byFile.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  progress({ file, received, total }: Progress): void {
    this.#byFile.set(file, received);
    const share = total === undefined || total === 0 ? undefined : received / total;
    const amount = share === undefined ? formatBytes(received) : `${formatBytes(received)} of ${formatBytes(total!)}`;
    const text = `${file}  ${amount}${share === undefined ? "" : `, ${Math.floor(100 * share)} %`}`;
    if (this.#output.isLive) {
      if (performance.now() - this.#lastDraw < redrawEvery && share !== 1) return;
      this.#lastDraw = performance.now();
      this.#output.stderr.write(`\r${text}\u001B[K`);
      this.#isOpen = true;
      return;
    }
    const tenth = share === undefined ? -1 : Math.floor(10 * share);
    if (file === this.#file && tenth === this.#tenth) return;
    [this.#file, this.#tenth] = [file, tenth];
    this.#output.note(text);
  }

  finish(): void {
    if (this.#isOpen) this.#output.stderr.write("\n");
    this.#isOpen = false;
  }
}
