/** @file A machine of mapping kind `nest` as an architecture of the loop nest, with its wishes for the unrolling. */

import { fail } from "../../base/errors.ts";
import {
  isArithmetic,
  isMemory,
  type Machine,
  type NestMapping as MachineNestMapping,
  type NestMemory as MachineNestMemory,
  type NestOperand as MachineOperand,
  type NestDirection,
  type NestSpatial,
  priceOf,
} from "../../machines/index.ts";
import { isWrite, type Move, type NestArchitecture, type NestMemory } from "./architecture.ts";
import type { OperandName } from "./layer.ts";
import type { OrderRule, PieceRule } from "./orderings.ts";
import { accessesOf, type Traffic } from "./traffic.ts";
import type { Wanted } from "./unrolling.ts";

export interface MachineNest {
  /** Memories in the order of the machine's `mapping.memories`; energies are the stated prices, without their ranges. */
  readonly architecture: NestArchitecture;
  /** Per memory: the bits of one access as its prices are stated. An access of any port pays that much, as in ZigZag. */
  readonly accessBits: readonly AccessBits[];
  readonly wanted: Wanted;
  /** The order that the machine demands, if any. */
  readonly order: OrderRule | undefined;
}

export interface AccessBits {
  readonly read: number;
  readonly write: number;
}

/** The bits for which a price per bit gives what the row costs. @example price.energy.mid * paidBits(row, nest) */
export const paidBits = (row: Traffic, { accessBits }: Pick<MachineNest, "accessBits">): number =>
  accessesOf(row) * accessBits[row.memory]![isWrite(row.move) ? "write" : "read"];

/**
 * The machine as it stands for a node: of its unrollings the one for the node's name, its operator, or `default`.
 * @throws FemtoError `nest.machine`, `machine.price`
 */
export function nestOfMachine(
  machine: Machine,
  node: { readonly name: string; readonly operator: string },
): MachineNest {
  const { mapping } = machine;
  if (mapping.kind !== "nest") {
    return fail({
      code: "nest.machine",
      where: machine.origin,
      message: "the machine is no loop nest",
      got: mapping.kind,
    });
  }
  const spatial = [node.name, node.operator, "default"].flatMap(
    (name) => mapping.spatial.find(({ operator }) => operator === name) ?? [],
  )[0];
  if (spatial === undefined) {
    return fail({
      code: "nest.machine",
      where: machine.origin,
      message: `says nothing of how ${node.operator} is laid over its array`,
      expected: "mapping › spatial with an entry for the operator, or default",
      got: mapping.spatial.map(({ operator }) => operator).join(", ") || "no entries",
    });
  }
  return {
    architecture: architectureOf(machine, mapping, operandOf(spatial)),
    accessBits: mapping.memories.map((memory) => ({
      read: accessPrice(machine, memory, "read").bits,
      write: accessPrice(machine, memory, "write").bits,
    })),
    wanted: wantedOf(spatial),
    order: spatial.temporalOrdering && orderOf(spatial.temporalOrdering),
  };
}

const layerOperand: Readonly<Record<string, OperandName>> = { W: "weight", I: "input", O: "output" };

function operandOf({ links }: NestSpatial): (operand: MachineOperand) => OperandName {
  const names = new Map(Object.entries(links).map(([tensor, operand]) => [operand, layerOperand[tensor]]));
  return (operand) =>
    names.get(operand) ??
    fail({ code: "nest.machine", message: `no tensor is linked to ${operand}`, expected: "links of W, I and O" });
}

const moveOf: Readonly<Record<NestDirection, Move>> = { fh: "fill", tl: "feed", fl: "collect", th: "drain" };

function architectureOf(
  machine: Machine,
  { array, memories }: MachineNestMapping,
  operand: (name: MachineOperand) => OperandName,
): NestArchitecture {
  const unit = machine.components.filter(isArithmetic).find(({ name }) => name === array.unit);
  const price = unit?.prices.find(({ verb }) => verb === "mac");
  if (price === undefined) {
    return fail({
      code: "machine.price",
      where: machine.origin,
      message: `${array.unit} has no price for mac`,
      expected: "an arithmetic component with verb: mac",
    });
  }
  return {
    name: machine.name,
    array: { dimensions: array.dimensions, macEnergy: price.energy.mid },
    memories: memories.map((memory) => memoryOf(machine, memory, operand)),
  };
}

function memoryOf(
  machine: Machine,
  memory: MachineNestMemory,
  operand: (name: MachineOperand) => OperandName,
): NestMemory {
  return {
    name: memory.component,
    sizeBits: memory.sizeBits,
    operands: memory.operands.map(operand),
    sharedAlong: memory.servedDimensions,
    ports: memory.ports.map(({ name, type, bandwidthMin, bandwidthMax, allocation }) => ({
      name,
      leastBits: (type === "write" ? memory.writeGranuleBits : memory.readGranuleBits) ?? bandwidthMin,
      mostBits: bandwidthMax,
      serves: allocation.map(({ operand: name, direction }) => ({ operand: operand(name), move: moveOf[direction] })),
    })),
    readEnergy: accessPrice(machine, memory, "read").energy,
    writeEnergy: accessPrice(machine, memory, "write").energy,
  };
}

/** What one access costs, and the bits for which the price is stated. */
function accessPrice(
  machine: Machine,
  { component: name, ports }: MachineNestMemory,
  verb: "read" | "write",
): { readonly energy: number; readonly bits: number } {
  const memories = machine.components.filter(isMemory);
  const component = memories.find((memory) => memory.name === name);
  if (component === undefined) {
    return fail({
      code: "nest.machine",
      where: machine.origin,
      message: `the mapping names a memory ${name} that there is not`,
      expected: memories.map((memory) => memory.name).join(", "),
    });
  }
  const { energy, accessBits } = priceOf(machine, component, verb);
  const bits = accessBits ?? Math.max(...ports.map(({ bandwidthMax }) => bandwidthMax));
  return { energy: energy.mid * bits, bits };
}

const wantedOf = ({ unroll }: NestSpatial): Wanted =>
  Object.fromEntries(
    Object.entries(unroll).map(([dimension, loops]) => [
      dimension,
      Object.fromEntries(loops.map(({ loop, size }) => [loop, size])),
    ]),
  );

/** Loops before a `*` are the innermost, loops behind it the outermost; `K, *` is a piece of K of any size. */
function orderOf(ordering: NonNullable<NestSpatial["temporalOrdering"]>): OrderRule {
  const rules = ordering.map(({ loop, size }): PieceRule => (size === "*" ? { loop } : { loop, size }));
  const gap = rules.findIndex(({ loop }) => loop === "*");
  return gap < 0 ? { inner: rules, outer: [] } : { inner: rules.slice(0, gap), outer: rules.slice(gap + 1) };
}
