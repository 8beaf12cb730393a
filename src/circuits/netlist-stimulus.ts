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

/** Random vectors: of a generated circuit within its ranges and after a reset, else uniform on every input. */
export function randomRows(netlist: Netlist, count: number, seed: number, circuit?: Circuit): Values[] {
  if (circuit !== undefined) return randomVectors(circuit, count, seed);
  const inputs = dataInputs(netlist);
  const rng = new Rng(seed, "netlist stimulus");
  return Array.from({ length: count }, () =>
    Object.fromEntries(inputs.map(({ name, nets }) => [name, randomBits(rng, nets.length)])),
  );
}

/**
 * The rows with some ports held still.
 * @throws FemtoError `stimulus.unknown` where such a port does not exist, `stimulus.range` where its value does not fit
 */
export function holding(netlist: Netlist, rows: readonly Values[], held: Values): Values[] {
  const inputs = dataInputs(netlist);
  const unknown = Object.keys(held).find((name) => !inputs.some((port) => port.name === name));
  if (unknown !== undefined) {
    const expected = inputs.map(({ name }) => name).join(", ");
    fail({ code: "stimulus.unknown", where: unknown, message: "no such input port to hold", expected });
  }
  for (const [name, value] of Object.entries(held)) {
    const { nets } = inputs.find((port) => port.name === name)!;
    if (!fits(value, nets.length)) fail({ ...beyond(nets.length, value), code: "stimulus.range", where: name });
  }
  return rows.map((row) => ({ ...row, ...held }));
}

/**
 * Rows of a CSV file: the first line names the input ports, each other line is one cycle of whole numbers (decimal, 0x, 0b).
 * @throws FemtoError `stimulus.csv` with the line
 */
export function rowsOfCsv(text: string, where: string, netlist: Netlist): Values[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const names = lines[0]?.split(",").map((name) => name.trim()) ?? [];
  const ports = dataInputs(netlist);
  const wanted = ports.map(({ name }) => name);
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
    for (const [column, name] of names.entries()) {
      const { length } = ports.find((port) => port.name === name)!.nets;
      const value = values[column]!;
      if (!fits(value, length)) {
        fail({ ...beyond(length, value), code: "stimulus.csv", where: `${where} › line ${i + 2} › ${name}` });
      }
    }
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]));
  });
}

/** A netlist does not say whether a port is signed: either reading of its bits will do. */
const fits = (value: bigint, bits: number): boolean => value >= -(1n << BigInt(bits - 1)) && value < 1n << BigInt(bits);

const beyond = (bits: number, value: bigint) => ({
  message: "the value does not fit the port",
  expected: `${-(1n << BigInt(bits - 1))} to ${(1n << BigInt(bits)) - 1n}, ${bits} ${bits === 1 ? "bit" : "bits"}`,
  got: `${value}`,
});

function wholeNumber(text: string): bigint | undefined {
  if (/^(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(text)) return BigInt(text);
  return /^-\d+$/.test(text) ? -BigInt(text.slice(1)) : undefined;
}
