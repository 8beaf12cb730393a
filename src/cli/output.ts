/** @file Where a command writes: results to standard output, everything about the way there to standard error. */

import type { WriteStream } from "node:tty";

export interface Streams {
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  readonly stderr: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY" | "columns">>;
  readonly env: NodeJS.ProcessEnv;
}

const bold = "\u001B[1m";
const dim = "\u001B[2m";
const reset = "\u001B[0m";

export class Output {
  readonly isJson: boolean;
  /** Progress can be drawn in place. */
  readonly isLive: boolean;
  readonly #streams: Streams;

  constructor(streams: Streams, isJson: boolean) {
    this.#streams = streams;
    this.isJson = isJson;
    this.isLive = streams.stderr.isTTY === true && streams.env.TERM !== "dumb" && !streams.env.CI;
  }

  /** Characters a line of standard output; a file takes any. */
  get width(): number {
    return this.#streams.stdout.columns ?? 160;
  }

  get color(): boolean {
    const { stdout, env } = this.#streams;
    return stdout.isTTY === true && env.NO_COLOR === undefined && env.TERM !== "dumb";
  }

  get stderr(): Streams["stderr"] {
    return this.#streams.stderr;
  }

  /** The result for a person; silent under `--json`. */
  print(text: string): void {
    if (!this.isJson) this.#streams.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** The result for a program; silent without `--json`. */
  json(value: unknown): void {
    if (this.isJson) this.#streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** A remark on the way. */
  note(text: string): void {
    this.#streams.stderr.write(`${text}\n`);
  }

  bold = (text: string): string => (this.color ? bold + text + reset : text);
  dim = (text: string): string => (this.color ? dim + text + reset : text);
}

/** Columns set flush: the first and those of `text` left, the others right. */
export function alignColumns(rows: readonly (readonly string[])[], text: readonly number[] = [0]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, [...cell].length)),
    [],
  );
  const pad = (cell: string, i: number) => {
    const fill = " ".repeat(widths[i]! - [...cell].length);
    return text.includes(i) ? cell + fill : fill + cell;
  };
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
