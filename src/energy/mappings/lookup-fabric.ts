/**
 * @file A fabric of lookup tables (an FPGA, or logic made of tables): values travel on wires that the price of a table
 * includes. Table reads, comparisons and additions are paid; products are not what it is for. Where the machine has
 * memories, operands come from them, once each.
 */

import { isMemory } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { mapping } from "../mapping.ts";
import { once } from "./once.ts";

export const lookupFabric = mapping({
  id: "lookup-fabric",
  title: "a fabric of lookup tables: every table read is paid, wires included; memories where there are any",
  prices: "everything",
  plan(region, context) {
    const { head, tail } = region;
    if (context.machine.components.some(isMemory)) return once.plan(region, context);
    const plan = new Actions(context);
    for (const node of [head, ...tail]) {
      const { weight, input } = context.widthsOf(node);
      if (node.kind !== "stream") plan.mac(node, { weight, input });
      plan.elementary(node, input);
    }
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled };
  },
});
