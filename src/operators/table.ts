/** @file Looks operators up by name. The table itself is `index.ts`, which registers here: rules may call each other. */

import { fail } from "../base/errors.ts";
import type { Operator } from "./operator.ts";

const table = new Map<string, Operator>();

/** Called once, by `index.ts`. */
export function register(operators: Iterable<Operator>): void {
  for (const entry of operators) table.set(entry.domain === "" ? entry.name : `${entry.domain}.${entry.name}`, entry);
}

export const lookUp = (kind: string): Operator | undefined => table.get(kind);

/** @throws FemtoError `operator.unknown` */
export function findOperator(kind: string): Operator {
  return (
    table.get(kind) ??
    fail({
      code: "operator.unknown",
      message: `operator ${kind} is not known`,
      hint: "docs/operators.md lists the operators that Femto knows",
    })
  );
}

export const allOperators = (): Operator[] => [...table.values()];
