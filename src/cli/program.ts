/** @file From the words of the command line to a command and an exit code. */

import { FemtoError } from "../base/errors.ts";
import { readArguments } from "./arguments.ts";
import { type Entry, entries } from "./commands/index.ts";
import { exitCodes, report } from "./failure.ts";
import { Output, type Streams } from "./output.ts";
import { didYouMean } from "./suggest.ts";

/** Runs one command; never throws. */
export async function runProgram(words: readonly string[], streams: Streams = process): Promise<number> {
  const output = new Output(streams, words.includes("--json"));
  leaveQuietly(streams);
  try {
    return await dispatch(words, output);
  } catch (error) {
    return report(error, output);
  }
}

async function dispatch(words: readonly string[], output: Output): Promise<number> {
  const [first] = words;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") {
    const { overviewText } = await import("./help.ts");
    output.print(overviewText(entries));
    return exitCodes.success;
  }
  if (first === "--version" || first === "-v") {
    const { version } = await import("../runs/version.ts");
    output.print(version());
    output.json({ version: version() });
    return exitCodes.success;
  }
  const isHelp = words.includes("--help") || words.includes("-h");
  const group = entries.filter(({ name }) => name.startsWith(`${first} `));
  const second = words[1];
  if (group.length > 0 && (second === undefined || second.startsWith("-"))) {
    const { overviewText } = await import("./help.ts");
    output.print(overviewText(group, first));
    return isHelp ? exitCodes.success : exitCodes.mistake;
  }
  const entry = findEntry(first, second, group);
  const command = await entry.load();
  const rest = words.slice(entry.name.split(" ").length);
  if (isHelp) {
    const { helpText } = await import("./help.ts");
    output.print(helpText(command));
    return exitCodes.success;
  }
  await command.run({ args: readArguments(command, rest), words, output });
  return exitCodes.success;
}

function findEntry(first: string, second: string | undefined, group: readonly Entry[]): Entry {
  const typed = group.length > 0 ? `${first} ${second}` : first;
  const found = entries.find(({ name }) => name === typed);
  if (found !== undefined) return found;
  const names = (group.length > 0 ? group : entries).map(({ name }) => name);
  const hint = didYouMean(typed, names);
  throw new FemtoError({
    code: "usage.command",
    where: `femto ${typed}`,
    message: "there is no such command",
    expected: names.join(", "),
    hint: hint ?? "see femto --help",
  });
}

/** `femto … | head` closes the pipe early: no mistake, and nothing left to say. */
function leaveQuietly({ stdout }: Streams): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.success);
    throw error;
  });
}
