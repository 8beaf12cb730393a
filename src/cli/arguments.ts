/** @file Words of the command line → the options of a command. Nothing is guessed: what is not known is refused. */

import { parseArgs as tokenise } from "node:util";
import { type ArgsDef, type ParsedArgs, parseArgs } from "citty";
import { fail } from "../base/errors.ts";
import { type Command, commonArgs } from "./command.ts";
import { didYouMean } from "./suggest.ts";

/** @throws FemtoError `usage.*` for unknown, repeated or incomplete options and for missing or superfluous words */
export function readArguments(command: Command, words: readonly string[]): ParsedArgs<ArgsDef> {
  const args: ArgsDef = { ...command.args, ...commonArgs };
  check(command, args, words);
  return parseArgs([...words], args);
}

function check(command: Command, args: ArgsDef, words: readonly string[]): void {
  const where = `femto ${command.name}`;
  const options = Object.entries(args).filter(([, { type }]) => type !== "positional");
  const types = new Map(options.map(([name, { type }]) => [name, type === "boolean" ? "boolean" : "string"] as const));
  const config = Object.fromEntries([...types].map(([name, type]) => [name, { type }]));
  const { tokens, positionals } = tokenise({
    args: [...words],
    options: { ...config, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const type = types.get(token.name);
    if (type === undefined) {
      fail({
        code: "usage.option",
        where,
        message: `there is no option ${token.rawName}`,
        hint: hintFor(token.name, [...types.keys()], command),
      });
    }
    if (seen.has(token.name)) {
      fail({ code: "usage.repeated", where, message: `the option ${token.rawName} is given twice`, expected: "once" });
    }
    seen.add(token.name);
    if (type === "boolean" && token.value !== undefined) {
      fail({ code: "usage.value", where, message: `${token.rawName} takes no value`, got: token.value });
    }
    // `--out --json`: the second is an option, not a folder; `--beta -1` is a (wrong) number.
    const isMissing = token.value === undefined || (token.inlineValue === false && /^--?[a-z]/i.test(token.value));
    if (type === "string" && isMissing) {
      fail({ code: "usage.value", where, message: `${token.rawName} needs a value`, hint: `see ${where} --help` });
    }
  }
  const places = Object.entries(args).filter(([, { type }]) => type === "positional");
  const needed = places.filter(([, { required }]) => required !== false);
  if (positionals.length < needed.length) {
    const [name, definition] = needed[positionals.length]!;
    fail({
      code: "usage.missing",
      where,
      message: `${name.toUpperCase()} is missing`,
      expected: definition.description ?? name,
      hint: `see ${where} --help`,
    });
  }
  if (positionals.length > places.length) {
    fail({
      code: "usage.superfluous",
      where,
      message: "there is a word too many",
      got: positionals[places.length]!,
      hint: `see ${where} --help`,
    });
  }
}

const hintFor = (name: string, known: readonly string[], command: Command): string =>
  didYouMean(
    `--${name}`,
    known.map((option) => `--${option}`),
  ) ?? `see femto ${command.name} --help`;
