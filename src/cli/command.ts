/** @file A command: what it is called, how it is explained, which options it takes, what it does. One file each. */

import type { ArgsDef, ParsedArgs } from "citty";
import type { Output } from "./output.ts";

export interface CommandContext<Args extends ArgsDef> {
  readonly args: ParsedArgs<Args>;
  /** The words behind `femto`, as typed. */
  readonly words: readonly string[];
  readonly output: Output;
}

export interface Command<Args extends ArgsDef = ArgsDef> {
  /** One or two words: `inspect`, `data list`. */
  readonly name: string;
  /** Paragraphs for `--help`. */
  readonly about: readonly string[];
  readonly examples: readonly string[];
  readonly args: Args;
  run(context: CommandContext<Args>): Promise<void>;
}

/** Defines a command; every one also takes `--json` and `--help`. */
export const command = <const Args extends ArgsDef>(definition: Command<Args>): Command =>
  definition as unknown as Command;

/** What every command takes. */
export const commonArgs = {
  json: { type: "boolean", description: "print one JSON document instead of text" },
  help: { type: "boolean", alias: "h", description: "explain this command" },
} as const satisfies ArgsDef;
