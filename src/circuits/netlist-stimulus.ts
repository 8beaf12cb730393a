/** @file Stimuli for gate-level evaluation: random ones that know a circuit's ranges and reset, and recorded ones (CSV). */

import { fail } from "../base/errors.ts";
import { Rng } from "../base/rng.ts";
import type { Circuit } from "./circuit.ts";
import type { Stimulus } from "./gates/stimulus.ts";
import { dataInputs, type Netlist } from "./netlist/netlist.ts";
import { randomBits, randomVectors } from "./stimulus.ts";
import type { Values } from "./verilog/index.ts";

/** One value per port and cycle, as a stream. */
export function streamOf(netlist: Netlist, rows: readonly Values[]): Stimulus {
  const vectors = Object.fromEntries(
    dataInputs(netlist).map(({ name, nets }) => {
      const values = rows.map((row) => row[name]!);
      // Numbers are evaluated faster, where they are exact.
      return [name, nets.length <= 48 ? values.map(Number) : values];
    }),
  );
  return { kind: "stream", count: rows.length, vectors };
}

/**
 * Random vectors: of a generated circuit within its ranges and after a reset, else uniform on every input but those held.
 * @throws FemtoError `stimulus.unknown` where a held port does not exist
 */
export function randomRows(
  netlist: Netlist,
  count: number,
  seed: number,
  { circuit, held = {} }: { circuit?: Circuit | undefined; held?: Values } = {},
): Values[] {
  const inputs = dataInputs(netlist);
  const unknown = Object.keys(held).find((name) => !inputs.some((port) => port.name === name));
  if (unknown !== undefined) {
    const expected = inputs.map(({ name }) => name).join(", ");
    fail({ code: "stimulus.unknown", where: unknown, message: "no such input port to hold", expected });
  }
  if (circuit !== undefined) return randomVectors(circuit, count, seed).map((row) => ({ ...row, ...held }));
  const rng = new Rng(seed, "netlist stimulus");
  return Array.from({ length: count }, () => ({
    ...Object.fromEntries(inputs.map(({ name, nets }) => [name, randomBits(rng, nets.length)])),
    ...held,
  }));
}

/**
 * Rows of a CSV file: the first line names the input ports, each other line is one cycle of whole numbers (decimal, 0x, 0b).
 * @throws FemtoError `stimulus.csv` with the line
 */
export function rowsOfCsv(text: string, where: string, netlist: Netlist): Values[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = lines[0]?.split(",").map((name) => name.trim()) ?? [];
  const wanted = dataInputs(netlist).map(({ name }) => name);
  if ([...names].sort().join() !== [...wanted].sort().join()) {
    fail({
      code: "stimulus.csv",
      where: `${where} › line 1`,
      message: "the columns are not the input ports",
      expected: wanted.join(","),
      got: lines[0] ?? "nothing",
    });
  }
  return lines.slice(1).map((line, i) => {
    const cells = line.split(",").map((cell) => cell.trim());
    const values = cells.map(wholeNumber);
    const wrong = values.indexOf(undefined);
    if (cells.length !== names.length || wrong >= 0) {
      fail({
        code: "stimulus.csv",
        where: `${where} › line ${i + 2}`,
        message: cells.length === names.length ? "this is no whole number" : "the line has another number of columns",
        expected: `${names.length} whole numbers`,
        got: wrong >= 0 ? cells[wrong]! : line,
      });
    }
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]));
  });
}

function wholeNumber(text: string): bigint | undefined {
  if (/^(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(text)) return BigInt(text);
  return /^-\d+$/.test(text) ? -BigInt(text.slice(1)) : undefined;
}
