/**
 * @file NestArchitecture: an array of multipliers under a hierarchy of memories, each of which serves some operands,
 * some dimensions of the array, and moves data through ports of limited width. Plain data.
 */

import { fail } from "../../base/errors.ts";
import { type OperandName, operandNames } from "./layer.ts";

/**
 * What a port does for an operand. Seen from the memory: `fill` writes what comes from the memory above, `feed` reads
 * for the memory (or the array) below, `collect` writes what comes from below, `drain` reads for the memory above.
 */
export const moves = ["fill", "feed", "collect", "drain"] as const;
export type Move = (typeof moves)[number];

/** Fill and collect write, feed and drain read. */
export const isWrite = (move: Move): boolean => move === "fill" || move === "collect";

export interface NestPort {
  readonly name: string;
  /** The granule of an access, in bits. */
  readonly leastBits: number;
  /** The full width, in bits per cycle. */
  readonly mostBits: number;
  readonly serves: readonly { readonly operand: OperandName; readonly move: Move }[];
}

export interface NestMemory {
  readonly name: string;
  /** Capacity of one instance. */
  readonly sizeBits: number;
  /** In the order in which ties between their claims are broken. */
  readonly operands: readonly OperandName[];
  /** Dimensions of the array that share one instance; along the others the memory is repeated. */
  readonly sharedAlong: readonly string[];
  readonly ports: readonly NestPort[];
  /** pJ for one access of the full width of its port. */
  readonly readEnergy: number;
  readonly writeEnergy: number;
}

export interface NestArchitecture {
  readonly name: string;
  readonly array: {
    readonly dimensions: readonly { readonly name: string; readonly size: number }[];
    /** pJ for one multiply-accumulate. */
    readonly macEnergy: number;
  };
  /** For each operand, the first memory that serves it is next to the array, and the last holds the whole operand. */
  readonly memories: readonly NestMemory[];
}

/** The memories of an operand from the array outwards, as indices of `architecture.memories`. */
export const levelsOf = ({ memories }: NestArchitecture, operand: OperandName): number[] =>
  memories.flatMap(({ operands }, index) => (operands.includes(operand) ? [index] : []));

/** @throws FemtoError `nest.architecture` */
export function checkArchitecture(architecture: NestArchitecture): void {
  const { array, memories } = architecture;
  const refuse = (where: string, message: string, got: string): never =>
    fail({ code: "nest.architecture", where: `${architecture.name} › ${where}`, message, got });
  const isCount = (value: number) => Number.isSafeInteger(value) && value > 0;
  const isPrice = (value: number) => Number.isFinite(value) && value >= 0;
  const names = array.dimensions.map(({ name }) => name);
  if (new Set(names).size < names.length) refuse("array", "two dimensions have one name", names.join(", "));
  for (const { name, size } of array.dimensions)
    if (!isCount(size)) refuse(`array › ${name}`, "has no size", `${size}`);
  if (!isPrice(array.macEnergy)) refuse("array", "a multiply-accumulate has no price", `${array.macEnergy}`);
  for (const { name, sizeBits, ports, sharedAlong, readEnergy, writeEnergy } of memories) {
    if (!isCount(sizeBits)) refuse(name, "has no size", `${sizeBits} bits`);
    if (!isPrice(readEnergy) || !isPrice(writeEnergy)) refuse(name, "has no price", `${readEnergy}, ${writeEnergy} pJ`);
    const stranger = sharedAlong.find((dimension) => !names.includes(dimension));
    if (stranger !== undefined) refuse(name, "serves a dimension that the array does not have", stranger);
    for (const port of ports) {
      if (!isCount(port.leastBits) || !isCount(port.mostBits) || port.leastBits > port.mostBits) {
        refuse(`${name} › ${port.name}`, "has no width", `${port.leastBits} to ${port.mostBits} bits`);
      }
    }
    const claims = ports.flatMap(({ serves }) => serves.map(({ operand, move }) => `${move} of the ${operand}`));
    const twice = claims.find((claim, index) => claims.indexOf(claim) < index);
    if (twice !== undefined) refuse(name, "two ports do the same", twice);
  }
  for (const operand of operandNames) {
    if (levelsOf(architecture, operand).length === 0) refuse("memories", "no memory serves an operand", operand);
  }
}
