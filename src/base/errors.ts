/** @file Errors are values first and text last: a code, a path a person can follow, expectation, fact and advice. */

/** The fields of an error; the same object prints in a terminal, serialises as JSON and shows in a browser. */
export interface ErrorFields {
  /** Machine-readable kind, e.g. `shape`, `onnx.truncated`, `data.nan`, `option.range`. */
  code: string;
  /** The path to the trouble: `model.onnx › node 17 Conv "stage2/conv1" › input W`. */
  where?: string;
  /** One sentence that says what is wrong. */
  message: string;
  expected?: string;
  got?: string;
  hint?: string;
}

/** A mistake that a user can mend. The command line prints it without a stack and exits with code 2. */
export class FemtoError extends Error {
  readonly code: string;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;

  constructor(fields: ErrorFields, options?: { cause?: unknown }) {
    super(fields.message, options);
    this.name = "FemtoError";
    this.code = fields.code;
    this.where = fields.where;
    this.expected = fields.expected;
    this.got = fields.got;
    this.hint = fields.hint;
  }

  /** The same error seen from one level further out: `where` grows at its front. */
  within(place: string): FemtoError {
    return new FemtoError(
      { ...this.toJSON(), where: this.where === undefined ? place : `${place} › ${this.where}` },
      { cause: this.cause },
    );
  }

  toJSON(): ErrorFields {
    const { code, where, message, expected, got, hint } = this;
    return Object.fromEntries(
      Object.entries({ code, where, message, expected, got, hint }).filter(([, text]) => text !== undefined),
    ) as unknown as ErrorFields;
  }

  /** Subject, expectation, fact and advice, one line each. */
  render(): string {
    const lines = [this.where === undefined ? this.message : `${this.where}: ${this.message}`];
    if (this.expected !== undefined) lines.push(`  expected  ${this.expected}`);
    if (this.got !== undefined) lines.push(`  got       ${this.got}`);
    if (this.hint !== undefined) lines.push(`  hint      ${this.hint}`);
    return lines.join("\n");
  }
}

/** Throws a {@link FemtoError}; usable in expressions. */
export function fail(fields: ErrorFields): never {
  throw new FemtoError(fields);
}

/** Runs `body`; a {@link FemtoError} that leaves it has `place` put before its path. */
export function at<T>(place: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof FemtoError ? error.within(place) : error;
  }
}
