/** @file The vectors of `femto circuit simulate` and `power`: from a file, or drawn. */

import { existsSync, readFileSync } from "node:fs";
import { fail } from "../base/errors.ts";
import { holding, randomRows, rowsOfCsv, type Values } from "../circuits/index.ts";
import type { Netlist } from "../circuits/netlist/index.ts";
import type { Subject } from "./circuit-subject.ts";
import { wholeOf } from "./values.ts";

export const rowArgs = {
  vectors: { type: "string", valueHint: "N", description: "random vectors (2000)" },
  seed: { type: "string", valueHint: "N", description: "seed of the vectors (1)" },
  stimulus: { type: "string", valueHint: "FILE", description: "vectors from a CSV file with a column for each input" },
  hold: { type: "string", valueHint: "PORT=V", description: "inputs held still, with commas between" },
} as const;

interface Asked {
  readonly vectors?: string | undefined;
  readonly seed?: string | undefined;
  readonly stimulus?: string | undefined;
  readonly hold?: string | undefined;
}

export interface Rows {
  readonly rows: Values[];
  /** Where the vectors come from, for people. */
  readonly source: string;
}

export function rowsFor(subject: Subject, netlist: Netlist, asked: Asked): Rows {
  const { rows, source } = vectorsFor(subject, netlist, asked);
  const held = asked.hold === undefined ? "" : `, ${asked.hold} held`;
  return { rows: holding(netlist, rows, heldOf(asked.hold)), source: `${source}${held}` };
}

function vectorsFor(subject: Subject, netlist: Netlist, asked: Asked): Rows {
  const { stimulus } = asked;
  if (stimulus !== undefined) {
    if (!existsSync(stimulus)) fail({ code: "file.missing", where: stimulus, message: "there is no such file" });
    const rows = rowsOfCsv(readFileSync(stimulus, "utf8"), stimulus, netlist);
    return { rows, source: `${rows.length} vectors of ${stimulus}` };
  }
  const count = wholeOf("vectors", asked.vectors, { least: 2, most: 10_000_000 }) ?? 2000;
  const seed = wholeOf("seed", asked.seed, { least: 0 }) ?? 1;
  const circuit = subject.kind === "circuit" ? subject.circuit : undefined;
  return { rows: randomRows(netlist, count, seed, circuit), source: `${count} random vectors, seed ${seed}` };
}

function heldOf(text: string | undefined): Values {
  const held: Values = {};
  for (const part of text?.split(",") ?? []) {
    const [, name, value] = /^(.+)=(-?\d+)$/.exec(part.trim()) ?? [];
    if (name === undefined) {
      fail({ code: "option.range", where: "--hold", message: "has a wrong value", expected: "PORT=NUMBER", got: part });
    }
    held[name] = BigInt(value!);
  }
  return held;
}
