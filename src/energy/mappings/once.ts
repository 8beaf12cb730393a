/**
 * @file Every operand read once, every result written once, partial sums kept where they are made: what no mapping of
 * the same placement can go below. Counts no time.
 */

import { Actions } from "../actions.ts";
import { mapping } from "../mapping.ts";
import { tailActions } from "./tail.ts";

export const once = mapping({
  id: "once",
  title: "every operand read once, every result written once: the least traffic of any mapping",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    const plan = new Actions(context);
    if (head.kind !== "stream") {
      const { weight, input } = context.widthsOf(head);
      const { weights, activations } = context.placement;
      const home = head.kind === "layer" ? weights : activations;
      plan.mac(head, { weight, input });
      plan.move(head, home, "read", head.nW, weight, head.kind === "layer" ? "weights" : "activations", "read once");
      plan.move(head, activations, "read", head.nA, input, "activations", "every element of the input read once");
    }
    tailActions(plan, region);
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled };
  },
});
