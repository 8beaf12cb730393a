/** @file Ports: which data goes through which port of which memory. */

import { fail } from "../../base/errors.ts";
import { type Move, moves, type NestArchitecture, type NestPort } from "./architecture.ts";
import type { OperandName } from "./layer.ts";
import type { Transfer } from "./transfers.ts";

/** A port with all that it does for the operands of a layer, in its own order. */
export interface PortUse {
  /** Index of `architecture.memories`. */
  readonly memory: number;
  readonly port: NestPort;
  /** Do both inputs go through it? */
  readonly isShared: boolean;
  readonly uses: readonly { readonly operand: number; readonly level: number; readonly move: Move }[];
}

/** Ports by operand, level and move, and the list of them. */
export interface PortTable {
  readonly list: readonly PortUse[];
  /** Per operand and level; a move that no port makes is absent. */
  readonly at: readonly (readonly Readonly<Partial<Record<Move, NestPort>>>[])[];
}

/** `operands` with the memories that serve them, from the array outwards. */
export function portTable(
  { memories }: NestArchitecture,
  operands: readonly { readonly operand: OperandName; readonly memories: readonly number[] }[],
): PortTable {
  const list = memories.flatMap(({ ports }, memory) =>
    ports.map((port) => ({
      memory,
      port,
      isShared: ["weight", "input"].every((input) => port.serves.some(({ operand }) => operand === input)),
      uses: port.serves.flatMap(({ operand: name, move }) => {
        const operand = operands.findIndex((entry) => entry.operand === name);
        const level = operands[operand]?.memories.indexOf(memory) ?? -1;
        return level < 0 ? [] : [{ operand, level, move }];
      }),
    })),
  );
  const at = operands.map(({ memories: own }, operand) =>
    own.map((memory, level) =>
      Object.fromEntries(
        moves.flatMap((move) => {
          const found = list.find(
            (entry) =>
              entry.memory === memory &&
              entry.uses.some((use) => use.operand === operand && use.level === level && use.move === move),
          );
          return found === undefined ? [] : [[move, found.port]];
        }),
      ),
    ),
  );
  return { list, at };
}

interface WithPorts {
  readonly architecture: NestArchitecture;
  readonly operands: readonly { readonly operand: OperandName }[];
  readonly ports: PortTable;
}

/** @throws FemtoError `nest.port` where data moves that no port moves */
export function portOf(
  { architecture, operands, ports }: WithPorts,
  { operand, level, memory, move }: Transfer,
): NestPort {
  const port = ports.at[operand]![level]![move];
  if (port !== undefined) return port;
  const { name, ports: own } = architecture.memories[memory]!;
  const moved = operands[operand]!.operand;
  return fail({
    code: "nest.port",
    where: `${architecture.name} › ${name}`,
    message: `no port can ${move} the ${moved}`,
    expected: `one port that serves ${moved}, ${move}`,
    got: own.map((entry) => entry.name).join(", ") || "no ports",
  });
}

/** Whole cycles that one period's data takes through a port of full width. */
export const transferCycles = ({ elements, bits }: Transfer, { mostBits }: NestPort): number =>
  Math.ceil((elements * bits) / mostBits);

/** The transfers of a port that has any, in the order in which it serves them. */
export interface PortLoad {
  readonly memory: number;
  readonly port: NestPort;
  readonly isShared: boolean;
  readonly transfers: readonly Transfer[];
}

/** @throws FemtoError `nest.port` */
export function portLoads(problem: WithPorts, transfers: readonly Transfer[]): PortLoad[] {
  const at = problem.operands.map((): Partial<Record<Move, Transfer>>[] => []);
  for (const transfer of transfers) {
    portOf(problem, transfer);
    const { operand, level, move } = transfer;
    const own = at[operand]!;
    own[level] ??= {};
    own[level][move] = transfer;
  }
  const loads: PortLoad[] = [];
  for (const { memory, port, isShared, uses } of problem.ports.list) {
    const own: Transfer[] = [];
    for (const { operand, level, move } of uses) {
      const transfer = at[operand]![level]?.[move];
      if (transfer !== undefined) own.push(transfer);
    }
    if (own.length > 0) loads.push({ memory, port, isShared, transfers: own });
  }
  return loads;
}
