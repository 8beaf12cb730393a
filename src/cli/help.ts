/** @file What `--help` prints: of the program, of a group of commands, of one command. */

import type { ArgsDef } from "citty";
import { wrap } from "../reports/wrap.ts";
import { type Command, commonArgs } from "./command.ts";
import type { Entry } from "./commands/index.ts";
import { alignColumns } from "./output.ts";

const width = 100;

/** `femto --help`, or `femto data --help` with the commands of that group. */
export function overviewText(entries: readonly Entry[], group?: string): string {
  const rows = entries.map(({ name, summary }) => [`  femto ${name}`, summary]);
  const about =
    "Femto trains a neural network from an ONNX file so that it needs less energy on a machine that you describe, writes it as ONNX again, measures that file, and reports every joule it modelled.";
  return [
    ...(group === undefined ? [...wrap(about, width, ""), ""] : []),
    `Usage: femto ${group ?? "COMMAND"} ${group === undefined ? "…" : "COMMAND …"}`,
    "",
    alignColumns(rows, [0, 1]),
    "",
    "femto COMMAND --help explains a command; --json gives one JSON document instead of text.",
    ...(group === undefined ? ["femto --version prints the version."] : []),
    "",
  ].join("\n");
}

export function helpText(command: Command): string {
  const { name, about, args, examples } = command;
  const places = Object.entries(args).filter(([, { type }]) => type === "positional");
  const all: ArgsDef = { ...args, ...commonArgs };
  const options = Object.entries(all).filter(([, { type }]) => type !== "positional");
  const words = places.map(([place, { required }]) =>
    required === false ? `[${place.toUpperCase()}]` : place.toUpperCase(),
  );
  const usage = ["Usage: femto", name, ...words, ...(options.length > 0 ? ["[options]"] : [])].join(" ");
  return [
    usage,
    "",
    ...about.flatMap((paragraph) => [...wrap(paragraph, width, ""), ""]),
    ...(places.length === 0
      ? []
      : [...table(places.map(([place, { description }]) => [place.toUpperCase(), description])), ""]),
    "Options:",
    ...table(options.map(([option, definition]) => [optionText(option, definition), definition.description])),
    "",
    examples.length === 1 ? "Example:" : "Examples:",
    ...examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function optionText(
  name: string,
  definition: { type?: string; valueHint?: string; alias?: string | string[] },
): string {
  const value = definition.type === "boolean" ? "" : ` ${definition.valueHint ?? "VALUE"}`;
  return `--${name}${definition.alias === undefined ? "" : `, -${definition.alias}`}${value}`;
}

/** Two columns, the second wrapped. */
function table(rows: readonly (readonly [string, string | undefined])[]): string[] {
  const first = Math.max(...rows.map(([text]) => text.length));
  return rows.flatMap(([text, description = ""]) => {
    const [head = "", ...rest] = wrap(description, width - first - 4, "");
    return [`  ${text.padEnd(first)}  ${head}`, ...rest.map((line) => `${" ".repeat(first + 4)}${line}`)];
  });
}
