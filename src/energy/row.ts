/** @file A row of a bill: the schedule of one region, paid. */

import { type Machine, type Range, sumOf } from "../machines/index.ts";
import type { BillRow, Term } from "./bill.ts";
import { charge } from "./charge.ts";
import { chainOf } from "./explain.ts";
import type { MappingContext } from "./mapping.ts";
import { type Action, type Cause, causes, type Schedule } from "./schedule.ts";
import { staticTerms } from "./static-power.ts";
import type { WeightValues } from "./weight-values.ts";

/** @throws FemtoError `machine.price`, `energy.bits`, `energy.width` */
export function rowOf(
  schedule: Schedule,
  machine: Machine,
  { widthsOf, options }: Pick<MappingContext, "widthsOf"> & Partial<Pick<MappingContext, "options">>,
): BillRow {
  const [head, ...fused] = schedule.nodes as [Schedule["nodes"][number], ...Schedule["nodes"]];
  const paid = (per: Action["per"]) =>
    schedule.actions.filter((action) => action.per === per).map((action) => termOf(action, machine, options?.weights));
  const terms = [...paid("inference"), ...staticTerms(schedule, machine)];
  const { name, node, operator, macs, nW, nA } = head;
  const { weight, input } = widthsOf(head);
  return {
    layer: name,
    node,
    operator,
    fused: fused.map((entry) => entry.name),
    macs,
    nW,
    nA,
    weight,
    input,
    energy: sumOf(terms.map((term) => term.energy)),
    byCause: byCause(terms),
    terms,
    deployment: sumOf(paid("deployment").map(({ energy }) => energy)),
    timing: schedule.timing,
    choices: schedule.choices ?? {},
  };
}

function termOf(action: Action, machine: Machine, weights: WeightValues | undefined): Term {
  const charged = charge(action, machine, weights?.[action.from.layer]);
  const { energy, price, quantity } = charged;
  return {
    cause: action.cause,
    energy,
    price: price.id,
    quantity,
    // Text is made when somebody reads it: a search prices thousands of mappings and reads none.
    get chain() {
      return chainOf(action, charged, machine);
    },
  };
}

const byCause = (terms: readonly Term[]): Record<Cause, Range> =>
  Object.fromEntries(
    causes.map((cause) => [cause, sumOf(terms.filter((term) => term.cause === cause).map(({ energy }) => energy))]),
  ) as Record<Cause, Range>;
