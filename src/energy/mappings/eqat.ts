/**
 * @file The equations 10–12 of EQAT with separate bits for weights and activations (sheet, gap 1 [reconstructed]):
 *
 *   E_i = MACs_i·E_MAC·q_i^w·q_i^a + E_access·(N_i^w·q_i^w + N_i^a·q_i^a)
 *
 * The multiplier alone scales with the bits; the accumulator, which the equations leave out, is an option. Nodes without
 * weights are not in the equations.
 */

import { Actions, macRule, sumFormat } from "../actions.ts";
import { mapping } from "../mapping.ts";
import { unitFor } from "../schedule.ts";

export const eqat = mapping({
  id: "eqat",
  title: "equations 10–12 of EQAT: every weight and every element of a layer's input read once",
  prices: "layers",
  plan({ head }, context) {
    const { machine, placement, options } = context;
    const { weight, input } = context.widthsOf(head);
    const plan = new Actions(context);
    const multiplier = unitFor(machine, "multiply");
    plan.add(head, {
      component: multiplier,
      verb: "multiply",
      count: head.macs,
      operands: [weight, input],
      cause: "compute",
      rule: macRule(head),
    });
    if (options.accumulate) {
      plan.add(head, {
        component: unitFor(machine, "add"),
        verb: "add",
        count: head.macs,
        operands: sumFormat(weight),
        cause: "partial sums",
        rule: "one addition for each multiplication",
      });
    }
    const read = { verb: "read" } as const;
    plan.add(head, {
      ...read,
      component: placement.weights,
      count: head.nW,
      operands: [weight],
      cause: "weights",
      rule: "every weight read once",
    });
    plan.add(head, {
      ...read,
      component: placement.activations,
      count: head.nA,
      operands: [input],
      cause: "activations",
      rule: "every element of the input read once",
    });
    return { nodes: [head], actions: plan.actions, unmodelled: [] };
  },
});
