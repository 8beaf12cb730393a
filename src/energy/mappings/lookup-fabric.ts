/**
 * @file A fabric of lookup tables (an FPGA, or logic made of tables): values between tables travel on wires that the price
 * of a table includes. Table reads, comparisons and additions are paid; products are not what it is for. Where the machine
 * has memories, what enters a piece of logic comes from them and what leaves it goes there, as operands of all else do.
 */

import { isMemory } from "../../machines/index.ts";
import { Actions } from "../actions.ts";
import { lookupRegions } from "../lookup-regions.ts";
import { mapping } from "../mapping.ts";
import { planLogic } from "./lookup-logic.ts";
import { once } from "./once.ts";

export const lookupFabric = mapping({
  id: "lookup-fabric",
  title: "a fabric of lookup tables: every table read is paid, wires included; memories at the borders of the logic",
  prices: "everything",
  regions: lookupRegions,
  plan(region, context) {
    const { head, tail, wires } = region;
    if (wires?.isLogic(head)) return planLogic(region, wires, context);
    if (context.machine.components.some(isMemory)) return once.plan(region, context);
    const plan = new Actions(context);
    for (const node of [head, ...tail]) {
      const { weight, input } = context.widthsOf(node);
      if (node.kind !== "stream") plan.mac(node, { weight, input });
      plan.elementary(node, node.kind === "stream" ? weight : input);
    }
    return { nodes: [head, ...tail], actions: plan.actions, unmodelled: plan.unmodelled };
  },
});
