/** @file What is applied to a netlist's inputs: values per port, as a stream of vectors or as independent pairs. */

import { fail } from "../../base/errors.ts";
import { dataInputs, type Netlist } from "../netlist/netlist.ts";

/** One value per vector, or one number for all of them. Two's complement; only the port's own bits count. */
export type PortValues = number | ArrayLike<number> | ArrayLike<bigint>;

/** Values of every input port but the clock, by name. */
export type Vectors = Readonly<Record<string, PortValues>>;

/**
 * `stream`: each vector follows the one before; n vectors are n − 1 transitions, and for a netlist with flip-flops n − 1 clock
 * edges, the inputs changing right after each edge. Several streams of `count` vectors each stand one after the other in
 * `vectors`; each starts from rest. `pairs`: the netlist settles on `before`, then `after` is applied; the pairs know
 * nothing of one another (combinational netlists only).
 */
export type Stimulus =
  | { readonly kind: "stream"; readonly count: number; readonly streams?: number; readonly vectors: Vectors }
  | { readonly kind: "pairs"; readonly count: number; readonly before: Vectors; readonly after: Vectors };

/** How many transitions a stimulus makes. */
export const transitionsOf = (stimulus: Stimulus): number =>
  stimulus.kind === "pairs" ? stimulus.count : (stimulus.streams ?? 1) * (stimulus.count - 1);

/** The bit of a value that may be a number (up to 53 bits) or a bigint. */
export function bitOf(value: number | bigint, bit: number): 0 | 1 {
  if (typeof value === "bigint") return (value >> BigInt(bit)) & 1n ? 1 : 0;
  const shifted = bit < 31 ? value >> bit : Math.floor(value / 2 ** bit);
  return shifted & 1 ? 1 : 0;
}

export const valueAt = (values: PortValues, index: number): number | bigint =>
  typeof values === "number" ? values : values[index]!;

function checkVectors(netlist: Netlist, vectors: Vectors, count: number, what: string): void {
  const ports = dataInputs(netlist);
  for (const { name } of ports) {
    const values = Object.hasOwn(vectors, name) ? vectors[name] : undefined;
    if (values === undefined) {
      fail({
        code: "stimulus.missing",
        where: `${what} › ${name}`,
        message: "an input port has no values",
        expected: ports.map((port) => port.name).join(", "),
        got: Object.keys(vectors).join(", ") || "nothing",
      });
    }
    if (typeof values !== "number" && values.length < count) {
      fail({
        code: "stimulus.length",
        where: `${what} › ${name}`,
        message: "too few values",
        expected: `${count}`,
        got: `${values.length}`,
      });
    }
  }
  const unknown = Object.keys(vectors).find((name) => !ports.some((port) => port.name === name));
  if (unknown !== undefined) {
    fail({
      code: "stimulus.unknown",
      where: `${what} › ${unknown}`,
      message: "no such input port",
      expected: ports.map((port) => port.name).join(", "),
    });
  }
}

/**
 * Refuses a stimulus that does not fit the netlist.
 * @throws FemtoError `stimulus.missing`, `stimulus.length`, `stimulus.unknown`, `stimulus.count`, `stimulus.pairs`
 */
export function checkStimulus(netlist: Netlist, stimulus: Stimulus): void {
  const streams = stimulus.kind === "stream" ? (stimulus.streams ?? 1) : 1;
  if (!Number.isInteger(stimulus.count) || !Number.isInteger(streams) || transitionsOf(stimulus) < 1) {
    fail({
      code: "stimulus.count",
      where: "stimulus",
      message: "there is no transition",
      expected: stimulus.kind === "pairs" ? "at least one pair" : "at least two vectors",
      got: String(stimulus.count),
    });
  }
  if (stimulus.kind === "stream") {
    checkVectors(netlist, stimulus.vectors, streams * stimulus.count, "stimulus");
    return;
  }
  if (netlist.flipFlops.length > 0) {
    fail({
      code: "stimulus.pairs",
      where: `netlist ${netlist.name}`,
      message: "pairs of vectors have no meaning for a netlist with flip-flops",
      hint: "give a stream: one vector per clock cycle",
    });
  }
  checkVectors(netlist, stimulus.before, stimulus.count, "before");
  checkVectors(netlist, stimulus.after, stimulus.count, "after");
}
