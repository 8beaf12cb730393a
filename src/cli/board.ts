/**
 * @file Progress of several rows that train at once: on a terminal a block of lines redrawn in place, one a row; elsewhere
 * one plain line an epoch.
 */

import { unicode } from "@clack/prompts";
import { percentText, secondsText } from "../reports/format.ts";
import type { Output } from "./output.ts";

/** What a row is told about itself. */
export interface Step {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly loss: number;
}

interface Lane {
  stage: string;
  step: Step | undefined;
  /** Where counting began: a resumed row does not begin at zero. */
  begun: { readonly at: number; readonly done: number } | undefined;
  started: number;
  /** Seconds from start to end; absent while it runs. */
  took: number | undefined;
  /** Figures of the last epoch. */
  figures: string;
}

export interface BoardOptions {
  readonly title: string;
  readonly rows: readonly string[];
  /** Milliseconds; a test gives its own. */
  readonly now?: () => number;
}

const [full, empty, done, active, waiting] = unicode ? ["█", "░", "✔", "●", "·"] : ["#", "-", "+", "*", "."];
const barWidth = 24;
const redrawEvery = 100;

export class Board {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #lanes: Map<string, Lane>;
  readonly #nameWidth: number;
  #drawn = 0;
  #lastDraw = Number.NEGATIVE_INFINITY;

  constructor(output: Output, { title, rows, now = () => performance.now() }: BoardOptions) {
    this.#output = output;
    this.#now = now;
    this.#nameWidth = Math.max(...rows.map((name) => name.length));
    const lane = (): Lane => ({
      stage: "waiting",
      step: undefined,
      begun: undefined,
      started: 0,
      took: undefined,
      figures: "",
    });
    this.#lanes = new Map(rows.map((name) => [name, lane()]));
    output.note(title);
    if (output.isLive) this.#output.stderr.write("\u001B[?25l");
    this.#draw(true);
  }

  progress(row: string, step: Step): void {
    const lane = this.#lanes.get(row);
    if (lane === undefined) return;
    lane.begun ??= { at: this.#now(), done: step.done };
    lane.step = step;
    this.#draw();
  }

  /** An epoch has ended. */
  record(
    row: string,
    record: { readonly epoch: number; readonly loss: number; readonly [column: string]: unknown },
  ): void {
    const lane = this.#lanes.get(row);
    if (lane === undefined) return;
    lane.figures = figuresOf(record);
    if (!this.#output.isLive) this.#output.note(`${row}: epoch ${record.epoch}, ${lane.figures}`);
    this.#draw();
  }

  /** `training`, `exporting`, `measuring`, `done`. */
  stage(row: string, stage: string): void {
    const lane = this.#lanes.get(row);
    if (lane === undefined) return;
    lane.stage = stage;
    if (stage === "training") lane.started = this.#now();
    if (stage === "done") lane.took = (this.#now() - lane.started) / 1000;
    if (!this.#output.isLive)
      this.#output.note(`${row}: ${stage}${stage === "done" ? ` after ${secondsText(lane.took ?? 0)}` : ""}`);
    this.#draw(true);
  }

  /** A remark above the lines. */
  note(text: string): void {
    this.#erase();
    this.#output.note(text);
    this.#draw(true);
  }

  /** Leaves the lines as they stand and gives the cursor back. */
  finish(): void {
    this.#draw(true);
    if (this.#output.isLive) this.#output.stderr.write("\u001B[?25h");
    this.#drawn = 0;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#output.stderr.write(`\u001B[${this.#drawn}A\u001B[0J`);
    this.#drawn = 0;
  }

  #draw(isForced = false): void {
    if (!this.#output.isLive) return;
    const now = this.#now();
    if (!isForced && now - this.#lastDraw < redrawEvery) return;
    this.#lastDraw = now;
    const width = (this.#output.stderr.columns ?? 80) - 1;
    const lines = [...this.#lanes].map(([name, lane]) => [...this.#line(name, lane)].slice(0, width).join(""));
    const back = this.#drawn === 0 ? "" : `\u001B[${this.#drawn}A`;
    this.#output.stderr.write(back + lines.map((line) => `${line}\u001B[K\n`).join(""));
    this.#drawn = lines.length;
  }

  #line(name: string, lane: Lane): string {
    const label = name.padEnd(this.#nameWidth);
    if (lane.stage === "waiting") return `${waiting} ${label}  waiting`;
    if (lane.took !== undefined) {
      const parts = [lane.figures, secondsText(lane.took)].filter((text) => text !== "");
      return `${done} ${label}  ${parts.join(", ")}`;
    }
    const { step } = lane;
    if (lane.stage !== "training" || step === undefined) return `${active} ${label}  ${lane.stage} …`;
    const share = Math.min(1, step.done / step.total);
    const filled = Math.round(barWidth * share);
    const bar = full!.repeat(filled) + empty!.repeat(barWidth - filled);
    const percent = `${Math.floor(100 * share)} %`.padStart(5);
    return `${active} ${label}  ${bar} ${percent}  ${step.phase}, loss ${step.loss.toPrecision(3)}${this.#left(lane)}`;
  }

  /** Time left at the pace so far. */
  #left({ step, begun }: Lane): string {
    if (step === undefined || begun === undefined || step.done <= begun.done) return "";
    const pace = (this.#now() - begun.at) / (step.done - begun.done);
    return `, ${secondsText((pace * (step.total - step.done)) / 1000)} left`;
  }
}

function figuresOf(record: Readonly<Record<string, unknown>>): string {
  const { loss, testAccuracy, energy } = record;
  return [
    ...(typeof loss === "number" ? [`loss ${loss.toPrecision(4)}`] : []),
    ...(typeof testAccuracy === "number" ? [`test ${percentText(testAccuracy)}`] : []),
    ...(typeof energy === "number" ? [`energy ${energy.toFixed(3)} of 8 bit`] : []),
  ].join(", ");
}
