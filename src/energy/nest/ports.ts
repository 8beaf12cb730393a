/** @file Ports: which transfer goes through which port. */

import { fail } from "../../base/errors.ts";
import type { NestPort } from "./architecture.ts";
import type { Problem } from "./problem.ts";
import type { Transfer } from "./transfers.ts";

/** @throws FemtoError `nest.port` where data moves that no port moves */
export function portOf({ architecture, operands }: Problem, { operand, memory, move }: Transfer): NestPort {
  const { name, ports } = architecture.memories[memory]!;
  const moved = operands[operand]!.operand;
  const port = ports.find(({ serves }) => serves.some((entry) => entry.operand === moved && entry.move === move));
  return (
    port ??
    fail({
      code: "nest.port",
      where: `${architecture.name} › ${name}`,
      message: `no port can ${move} the ${moved}`,
      expected: `one port that serves ${moved}, ${move}`,
      got: ports.map((entry) => entry.name).join(", ") || "no ports",
    })
  );
}

/** Whole cycles that one period's data takes through a port of full width. */
export const transferCycles = ({ elements, bits }: Transfer, { mostBits }: NestPort): number =>
  Math.ceil((elements * bits) / mostBits);

/** The transfers of each port that has any, in the order in which the port serves them. */
export interface PortLoad {
  readonly memory: number;
  readonly port: NestPort;
  readonly transfers: readonly Transfer[];
}

/** @throws FemtoError `nest.port` */
export function portLoads(problem: Problem, transfers: readonly Transfer[]): PortLoad[] {
  for (const transfer of transfers) portOf(problem, transfer);
  return problem.architecture.memories.flatMap(({ ports }, memory) =>
    ports.flatMap((port): PortLoad[] => {
      const own = port.serves.flatMap(({ operand, move }) =>
        transfers.filter(
          (transfer) =>
            transfer.memory === memory &&
            transfer.move === move &&
            problem.operands[transfer.operand]!.operand === operand,
        ),
      );
      return own.length === 0 ? [] : [{ memory, port, transfers: own }];
    }),
  );
}
