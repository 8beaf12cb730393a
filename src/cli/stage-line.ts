/** @file Progress of a long check: the stage and where in it, redrawn in place on a terminal; elsewhere a line now and then. */

import { secondsText } from "../reports/format.ts";
import type { Output } from "./output.ts";

/** Milliseconds between two pictures on a terminal, and between two lines of one stage elsewhere. */
const redrawEvery = 100;
const repeatEvery = 15_000;

export class StageLine {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #begun: number;
  #stage = "";
  #lastDraw = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  /** @param now milliseconds; a test gives its own */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#begun = now();
  }

  /** @param detail where in the stage, e.g. the pass of a synthesis */
  show = (stage: string, detail?: string): void => {
    const now = this.#now();
    const isNew = stage !== this.#stage;
    const { isLive } = this.#output;
    if (!isNew && now - this.#lastDraw < (isLive ? redrawEvery : repeatEvery)) return;
    if (isNew) this.finish();
    this.#stage = stage;
    this.#lastDraw = now;
    const text = `${secondsText((now - this.#begun) / 1000)}  ${stage}${detail === undefined ? "" : `: ${detail}`}`;
    if (isLive) this.#output.stderr.write(`\r${text}\u001B[K`);
    else this.#output.note(text);
    this.#isOpen = isLive;
  };

  finish(): void {
    if (this.#isOpen) this.#output.stderr.write("\n");
    this.#isOpen = false;
  }
}
