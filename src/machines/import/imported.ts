/** @file Imported: what reading another tool's hardware description gives, and the writing of femto machine files. */

import { FemtoError } from "../../base/errors.ts";
import type { LocatedYaml, Path } from "../located-yaml.ts";
import { readMachine } from "../read-machine.ts";

/** Something in the file that has no place in a machine. */
export interface Remark {
  readonly line: number;
  readonly key: string;
  /** Why it did not come along, or what was made of it. */
  readonly remark: string;
}

export interface Imported {
  /** A machine file, `femto-machine/1`. */
  readonly text: string;
  /** Everything that was not taken over as it stands, in the order of the file. */
  readonly remarks: readonly Remark[];
  /** Prices that the machine needs and the file does not state: `sram.read`. */
  readonly missing: readonly string[];
}

/** Collects remarks; `known` reports every key of a mapping that is not in a list. */
export class Remarks {
  readonly #yaml: LocatedYaml;
  readonly #remarks: Remark[] = [];

  constructor(yaml: LocatedYaml) {
    this.#yaml = yaml;
    for (const { key, line } of yaml.twins) {
      this.#remarks.push({ line, key, remark: "the key stands twice; the last one counts" });
    }
  }

  add(path: Path, remark: string): void {
    this.#remarks.push({ line: this.#yaml.lineOf(path), key: path.join("."), remark });
  }

  known(mapping: Readonly<Record<string, unknown>>, path: Path, keys: readonly string[]): void {
    for (const key of Object.keys(mapping)) {
      if (!keys.includes(key)) this.add([...path, key], "unknown key");
    }
  }

  sorted(): Remark[] {
    return [...this.#remarks].sort((a, b) => a.line - b.line);
  }
}

export type Yaml = string | number | boolean | undefined | readonly Yaml[] | { readonly [key: string]: Yaml };

const plain = /^[A-Za-z0-9_./%-][A-Za-z0-9_./%() -]*$/;
const special = /^(true|false|null|~|yes|no|on|off|[-+.\d].*)$/i;

/** YAML on one line: `{ verb: read, value: 8 }`. */
export function flow(value: Yaml): string {
  if (typeof value === "string") {
    return plain.test(value) && !special.test(value) && value === value.trim() ? value : JSON.stringify(value);
  }
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  const entries = Object.entries(value as { readonly [key: string]: Yaml }).filter(([, entry]) => entry !== undefined);
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, entry]) => `${flow(key)}: ${flow(entry)}`).join(", ")} }`;
}

export interface ComponentText {
  readonly name: string;
  /** `class`, `size`, `holds` … in the order in which they are written; undefined ones are left out. */
  readonly fields: { readonly [key: string]: Yaml };
  readonly prices: readonly { readonly [key: string]: Yaml }[];
}

export const componentText = ({ name, fields, prices }: ComponentText): string =>
  [
    `  - name: ${flow(name)}`,
    ...Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`    ${key}: ${flow(value)}`])),
    ...(prices.length === 0 ? ["    prices: []"] : ["    prices:", ...prices.map((price) => `      - ${flow(price)}`)]),
  ].join("\n");

/**
 * What was imported, once it is known to be a machine: figures beyond reason and impossible names end here.
 * @throws FemtoError with the importer's code
 */
export function sound(imported: Imported, code: string, origin: string): Imported {
  try {
    readMachine(imported.text, `${origin}, imported`);
  } catch (error) {
    if (!(error instanceof FemtoError)) throw error;
    const { where, message, ...rest } = error.toJSON();
    throw new FemtoError(
      { ...rest, code, where: origin, message: `no machine can be made of it: ${message} (${where})` },
      { cause: error },
    );
  }
  return imported;
}

/** A name that machine files accept, from any text. */
export const nameFrom = (text: string): string =>
  text
    .trim()
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "") || "imported";
