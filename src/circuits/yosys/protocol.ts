/** @file What goes to the synthesis thread and comes back. */

/** One run of Yosys on a virtual file system. */
export interface RunRequest {
  readonly id: number;
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
  /** Names of the files to bring back. */
  readonly outputs: readonly string[];
}

export interface RunAnswer {
  readonly id: number;
  /** Yosys ended with success. */
  readonly ok: boolean;
  readonly log: string;
  readonly files: Readonly<Record<string, string>>;
  /** The package could not be loaded or broke; nothing to do with the design. */
  readonly broken?: string;
}

/** On the way: the pass of the script that begins, e.g. `TECHMAP`. */
export interface PassNotice {
  readonly id: number;
  readonly pass: string;
}
