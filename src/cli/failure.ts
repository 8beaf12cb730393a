/** @file How a command ends that did not succeed: a user's mistake (2), told to stop (130), or a bug (70). */

import { FemtoError } from "../base/errors.ts";
import type { Output } from "./output.ts";

export const exitCodes = { success: 0, mistake: 2, bug: 70, stopped: 130 } as const;

/** Thrown by a command that was told to stop; says how to go on. */
export class Stopped extends Error {}

/** Messages of the operating system that a user can do something about. */
const system: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is no folder",
  EPERM: "the operation is not permitted",
  EROFS: "the file system is read-only",
};

/** Prints what went wrong; returns the exit code. */
export function report(error: unknown, output: Output): number {
  if (error instanceof Stopped) {
    output.note(error.message);
    output.json({ stopped: true });
    return exitCodes.stopped;
  }
  const mistake = mistakeIn(error);
  if (mistake !== undefined) {
    output.note(mistake.render());
    output.json({ error: mistake.toJSON() });
    return exitCodes.mistake;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.note(
    `This is a bug in Femto, not a mistake of yours. Please report it with the command and these lines:\n${stack}`,
  );
  output.json({ error: { code: "bug", message: error instanceof Error ? error.message : String(error) } });
  return exitCodes.bug;
}

/** A user's mistake as such, also where the operating system names it. */
export function mistakeIn(error: unknown): FemtoError | undefined {
  if (error instanceof FemtoError) return error;
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  const message = system[String(error.code)];
  if (message === undefined) return undefined;
  const where = "path" in error && typeof error.path === "string" ? error.path : undefined;
  const fields = { code: `file.${String(error.code).toLowerCase()}`, message, ...(where !== undefined && { where }) };
  return new FemtoError(fields, { cause: error });
}
